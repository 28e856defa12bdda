package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.routing.Router;
import dev.kubewsgi.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/** Applications that stand for either mode. */
final class Applications {

  private Applications() {}

  /** One application on all hosts and paths. */
  static LiveRouter everywhere(Application application) {
    Route route = new Route("*", "", "default/test", "/srv/test.py", "application", "test");
    return new LiveRouter(Router.of(List.of(route), id -> application));
  }

  /** Reads the body and answers {@code METHOD [path] [query] [body]} and X-Echo. */
  static Application echo() {
    return reading(
        (exchange, body) -> {
          Environ environ = exchange.request().environ();
          String echo = environ.get("HTTP_X_ECHO");
          String text =
              "%s [%s] [%s] [%s]%s"
                  .formatted(
                      environ.get("REQUEST_METHOD"),
                      environ.get("PATH_INFO"),
                      environ.get("QUERY_STRING"),
                      body,
                      echo == null ? "" : " " + echo);
          exchange.respond(head(200), bytes(text));
        });
  }

  /** Reads the whole body, as latin-1, before it answers; fails as the body fails. */
  static Application reading(BiConsumer<Exchange, String> answer) {
    return exchange ->
        exchange.readBody(
            new BodyReader() {
              private final StringBuilder body = new StringBuilder();

              @Override
              public void block(ByteBuf block) {
                body.append(block.toString(StandardCharsets.ISO_8859_1));
                block.release();
              }

              @Override
              public void end() {
                answer.accept(exchange, body.toString());
              }

              @Override
              public void failed(Failure cause) {
                exchange.fail(cause);
              }
            });
  }

  static ResponseHead head(int status, String... fields) {
    return new ResponseHead(status, "Fine", fields);
  }

  static ByteBuf bytes(String latin1) {
    return Unpooled.copiedBuffer(latin1, StandardCharsets.ISO_8859_1);
  }
}
