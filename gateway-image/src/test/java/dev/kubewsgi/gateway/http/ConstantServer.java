package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.routing.Router;
import dev.kubewsgi.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers a constant on 127.0.0.1: the ceiling that the HTTP side alone sets. For wrk. */
final class ConstantServer {

  private ConstantServer() {}

  /**
   * @param arguments port, number of event loops
   */
  public static void main(String[] arguments) {
    ByteBuf body =
        Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("Hello, World!", StandardCharsets.US_ASCII));
    String[] fields = {"Content-Type", "text/plain", "Content-Length", "13"};
    ResponseHead head = new ResponseHead(200, "OK", fields);
    Application constant = exchange -> exchange.respond(head, body.duplicate());
    Route route = new Route("*", "", "default/hello", "/srv/hello.py", "application", "hello");
    HttpFront.start(
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(Integer.parseInt(arguments[1]))),
        Settings.plain(Integer.parseInt(arguments[0])),
        new LiveRouter(Router.of(List.of(route), id -> constant)),
        new HttpStats(),
        AccessLog.ofLogger(),
        "test");
  }
}
