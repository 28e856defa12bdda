package dev.kubewsgi.gateway.daemon;

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

/** A client that sends what it is told and remembers what it was answered. */
final class RecordedExchange implements Exchange {

  private final WsgiRequest request;
  private final EventLoop loop;
  private final List<byte[]> blocks;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final List<Runnable> closed = new ArrayList<>();
  final CompletableFuture<RecordedExchange> over = new CompletableFuture<>();
  final CompletableFuture<RecordedExchange> started = new CompletableFuture<>();

  /** The blocks that the client accepts before it says it is slow; then it waits for resume. */
  volatile long window = Long.MAX_VALUE;

  private Runnable onWritable;
  private BodyReader reader;
  private int next;
  private boolean paused;
  private boolean feeding;
  volatile boolean bodyRead;
  volatile boolean aborted;
  volatile ResponseHead head;
  volatile Failure failure;
  volatile long taken;
  volatile int pauses;
  private final boolean chunked;

  RecordedExchange(
      EventLoop loop, Route route, String method, String path, boolean chunked, byte[]... blocks) {
    this.loop = loop;
    this.blocks = List.of(blocks);
    this.chunked = chunked;
    this.request = request(route, method, path, false);
  }

  private RecordedExchange(EventLoop loop, Route route, String path, byte[] body) {
    this.loop = loop;
    this.blocks = List.of(body);
    this.chunked = false;
    this.request = request(route, "POST", path, true);
  }

  static RecordedExchange get(EventLoop loop, Route route, String path) {
    return new RecordedExchange(loop, route, "GET", path, false);
  }

  static RecordedExchange expecting(EventLoop loop, Route route, String path, byte[] body) {
    return new RecordedExchange(loop, route, path, body);
  }

  private WsgiRequest request(Route route, String method, String path, boolean expects) {
    Environ environ = new Environ();
    environ.add("REQUEST_METHOD", method);
    environ.add("SCRIPT_NAME", "");
    environ.add("PATH_INFO", path);
    environ.add("QUERY_STRING", "");
    environ.add("SERVER_NAME", "localhost");
    environ.add("SERVER_PORT", "8000");
    environ.add("SERVER_PROTOCOL", "HTTP/1.1");
    environ.add("REQUEST_SCHEME", "http");
    environ.add("REMOTE_ADDR", "127.0.0.1");
    environ.add("HTTP_HOST", "localhost");
    environ.add("HTTP_ACCEPT", "*/*");
    environ.add("mod_wsgi.request_id", "r1");
    long length = chunked ? -1 : blocks.stream().mapToLong(block -> block.length).sum();
    String target = path.replace("%", "%25").replace("\n", "%0A");
    return new WsgiRequest("r1", route, method, target, environ, length, expects, 0);
  }

  RecordedExchange send(dev.kubewsgi.gateway.exchange.Application application) {
    loop.execute(() -> application.handle(this));
    return this;
  }

  RecordedExchange await() throws Exception {
    return over.get(30, TimeUnit.SECONDS);
  }

  String text() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  int status() {
    return failure != null ? failure.code().status() : head.status();
  }

  /** The client goes away. */
  void leave() {
    loop.execute(
        () -> {
          if (!over.isDone()) {
            over.complete(this);
            closed.forEach(Runnable::run);
          }
        });
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
  public void readBody(BodyReader newReader) {
    check();
    bodyRead = true;
    reader = newReader;
    loop.execute(this::feed);
  }

  private void feed() {
    if (feeding) {
      return;
    }
    feeding = true;
    while (next < blocks.size() && !paused && !over.isDone()) {
      reader.block(Unpooled.directBuffer().writeBytes(blocks.get(next++)));
    }
    feeding = false;
    if (next == blocks.size() && !over.isDone()) {
      next++;
      reader.end();
    }
  }

  @Override
  public void pauseBody() {
    check();
    pauses++;
    paused = true;
  }

  @Override
  public void resumeBody() {
    check();
    paused = false;
    loop.execute(this::feed);
  }

  @Override
  public void respond(ResponseHead newHead, ByteBuf body) {
    start(newHead);
    write(body);
    end();
  }

  @Override
  public void start(ResponseHead newHead) {
    check();
    head = newHead;
    started.complete(this);
  }

  @Override
  public boolean write(ByteBuf block) {
    check();
    taken += block.readableBytes();
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    received.writeBytes(bytes);
    block.release();
    return taken < window;
  }

  @Override
  public void onWritable(Runnable callback) {
    check();
    onWritable = callback;
  }

  /** A slow client takes on. */
  void drainAll() {
    loop.execute(
        () -> {
          window = Long.MAX_VALUE;
          if (onWritable != null) {
            onWritable.run();
          }
        });
  }

  @Override
  public void end() {
    check();
    over.complete(this);
  }

  @Override
  public void abort(Failure cause) {
    check();
    failure = cause;
    aborted = true;
    over.complete(this);
  }

  @Override
  public void fail(Failure newFailure) {
    check();
    failure = newFailure;
    aborted = head != null;
    over.complete(this);
  }

  @Override
  public void onClosed(Runnable callback) {
    check();
    closed.add(callback);
  }

  private void check() {
    if (!loop.inEventLoop()) {
      over.completeExceptionally(new IllegalStateException("called on another event loop"));
    }
  }
}
