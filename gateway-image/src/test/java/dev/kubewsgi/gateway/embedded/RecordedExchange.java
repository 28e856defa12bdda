package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import dev.kubewsgi.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An exchange without a client: what is answered can be read from it. */
class RecordedExchange implements Exchange {

  /** What a client would have seen. */
  record Outcome(
      int status, List<String> fields, String body, List<String> blocks, Failure failure) {}

  private final EventLoop loop;
  private final WsgiRequest request;
  private final List<byte[]> body;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final List<String> blocks = new ArrayList<>();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private ResponseHead head;
  private Runnable onClosed;
  private Runnable onWritable;
  boolean clientIsSlow;
  boolean bodyPaused;

  RecordedExchange(EventLoop loop, Route route, String method, List<byte[]> body) {
    this(loop, route, method, body, body.stream().mapToLong(block -> block.length).sum(), false);
  }

  RecordedExchange(
      EventLoop loop,
      Route route,
      String method,
      List<byte[]> body,
      long contentLength,
      boolean expectsContinue) {
    this.loop = loop;
    this.body = new ArrayList<>(body);
    var environ = new Environ();
    environ.add("REQUEST_METHOD", method);
    environ.add("SCRIPT_NAME", route.path());
    environ.add("PATH_INFO", "/caf\u00c3\u00a9");
    environ.add("QUERY_STRING", "");
    environ.add("SERVER_NAME", "localhost");
    environ.add("SERVER_PORT", "8000");
    environ.add("SERVER_PROTOCOL", "HTTP/1.1");
    environ.add("wsgi.url_scheme", "http");
    environ.add("mod_wsgi.request_id", "r-1");
    environ.add("mod_wsgi.request_start", "1700000000.000001");
    this.request =
        new WsgiRequest(
            "r-1",
            route,
            method,
            "/caf%C3%A9",
            environ,
            contentLength,
            expectsContinue,
            1_700_000_000_000_001L);
  }

  Outcome await() throws Exception {
    return outcome.get(20, TimeUnit.SECONDS);
  }

  CompletableFuture<Outcome> outcome() {
    return outcome;
  }

  void clientLeaves() {
    loop.execute(() -> onClosed.run());
  }

  void clientReads() {
    loop.execute(
        () -> {
          clientIsSlow = false;
          if (onWritable != null) {
            onWritable.run();
          }
        });
  }

  int receivedBytes() throws Exception {
    return loop.submit(received::size).get();
  }

  @Override
  public WsgiRequest request() {
    return request;
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void readBody(BodyReader reader) {
    loop.execute(
        () -> {
          body.forEach(block -> reader.block(Unpooled.wrappedBuffer(block)));
          reader.end();
        });
  }

  @Override
  public void pauseBody() {
    bodyPaused = true;
  }

  @Override
  public void resumeBody() {
    bodyPaused = false;
  }

  @Override
  public void respond(ResponseHead answer, ByteBuf whole) {
    head = answer;
    take(whole);
    end();
  }

  @Override
  public void start(ResponseHead answer) {
    head = answer;
  }

  @Override
  public boolean write(ByteBuf block) {
    take(block);
    return !clientIsSlow;
  }

  private void take(ByteBuf block) {
    if (block.isReadable()) {
      blocks.add(block.toString(StandardCharsets.ISO_8859_1));
      received.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(block));
    }
    block.release();
  }

  @Override
  public void onWritable(Runnable callback) {
    onWritable = callback;
  }

  @Override
  public void end() {
    outcome.complete(outcome(null));
  }

  @Override
  public void abort(Failure cause) {
    outcome.complete(outcome(cause));
  }

  @Override
  public void fail(Failure failure) {
    outcome.complete(outcome(failure));
  }

  @Override
  public void onClosed(Runnable callback) {
    onClosed = callback;
  }

  private Outcome outcome(Failure failure) {
    return new Outcome(
        head == null ? 0 : head.status(),
        head == null ? List.of() : List.of(head.fields()),
        received.toString(StandardCharsets.ISO_8859_1),
        blocks,
        failure);
  }
}
