package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The life of one exchange, whatever the version of HTTP: what may follow what, the promised length
 * of the answer, failures, counts and the access log. The subclasses know the bytes.
 *
 * <p>INVARIANT: an exchange is over exactly once, and is counted and logged then.
 */
abstract sealed class HttpExchange implements Exchange permits Http1Exchange, Http2Exchange {

  private static final Logger LOG = Logger.getLogger("dev.kubewsgi.gateway.http");

  private final Shared shared;
  private final LoopState loop;
  private final EventLoop eventLoop;
  private final ConnectionInfo connection;
  private final RequestHead head;
  private final String id;
  private final long startNanos;
  private WsgiRequest request;
  private BodyReader reader;
  private Runnable onClosed;
  private Runnable onWritable;
  private boolean over;
  private boolean started;
  private boolean bodyless;
  private boolean bodyDone;
  private long promised = ResponseFields.NO_LENGTH; // what of Content-Length is still to be written
  private int status;
  private FailureCode failure;
  private long sent;
  private long received;

  /**
   * @param head null where the request could not be read that far
   * @param startNanos {@link System#nanoTime()} of its first byte
   */
  HttpExchange(
      Shared shared,
      LoopState loop,
      EventLoop eventLoop,
      ConnectionInfo connection,
      RequestHead head,
      long startNanos) {
    this.shared = shared;
    this.loop = loop;
    this.eventLoop = eventLoop;
    this.connection = connection;
    this.head = head;
    this.id = loop.ids().next();
    this.startNanos = startNanos;
    shared.stats().requestBegun();
  }

  /** Lets the request in and hands it to its application, or refuses it. */
  final void run(long contentLength, boolean expectsContinue) {
    try {
      Admission admission =
          Admission.of(
              head,
              contentLength,
              expectsContinue,
              connection,
              id,
              loop.micros(startNanos),
              shared);
      request = admission.request();
      admission.application().handle(this);
    } catch (Refused e) {
      if (!isMereAddress(e.failure().code())) {
        closeAfter();
      }
      fail(e.failure());
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s the gateway failed", id);
      fail(Failure.of(FailureCode.GATEWAY_FAULT, e.toString()));
    }
  }

  /** Whether the request was sound and only leads nowhere. */
  private static boolean isMereAddress(FailureCode code) {
    return code == FailureCode.NO_ROUTE || code == FailureCode.PATH_REFUSED;
  }

  // What the versions of HTTP do each in their way.

  /** No further request is to be read from a client that sends such: HTTP/1 closes. */
  abstract void closeAfter();

  /**
   * Sends a whole answer and leaves the exchange.
   *
   * @param addLength Content-Length to be added, or -1
   * @return false, and nothing sent, where the head is unsound
   */
  abstract boolean sendWhole(ResponseHead answer, ByteBuf body, long addLength);

  /**
   * Begins an answer.
   *
   * @param framed whether its end shows by itself: it has a Content-Length or no body
   * @return false, and nothing sent, where the head is unsound
   */
  abstract boolean sendHead(ResponseHead answer, boolean framed);

  /** Returns whether more may be written. */
  abstract boolean sendBlock(ByteBuf block);

  /** Ends an answer and leaves the exchange. */
  abstract void sendEnd();

  /** Breaks the connection or stream, visibly. */
  abstract void breakOff();

  /** Lets the body flow to {@link #deliver}, {@link #deliverEnd} and {@link #deliverFailure}. */
  abstract void startBody();

  // What the subclasses tell.

  final void deliver(ByteBuf block) {
    received += block.readableBytes();
    if (over || reader == null || bodyDone) {
      block.release();
    } else {
      reader.block(block);
    }
  }

  final void deliverEnd() {
    if (!over && reader != null && !bodyDone) {
      bodyDone = true;
      reader.end();
    }
  }

  final void deliverFailure(Failure cause) {
    if (!over && reader != null && !bodyDone) {
      bodyDone = true;
      reader.failed(cause);
    }
  }

  final void writable() {
    Runnable callback = onWritable;
    onWritable = null;
    if (callback != null && !over) {
      callback.run();
    }
  }

  /** The client went away or was given up. */
  final void gone(Failure cause) {
    if (over) {
      return;
    }
    note(cause);
    BodyReader waiting = bodyDone ? null : reader;
    Runnable callback = onClosed;
    finish(cause.code().status());
    if (waiting != null) {
      waiting.failed(cause);
    }
    if (callback != null) {
      callback.run();
    }
  }

  final boolean isOver() {
    return over;
  }

  final boolean isStarted() {
    return started;
  }

  final boolean readsBody() {
    return reader != null && !bodyDone && !over;
  }

  final LoopState loop() {
    return loop;
  }

  final Shared shared() {
    return shared;
  }

  // Exchange.

  @Override
  public final WsgiRequest request() {
    return request;
  }

  @Override
  public final EventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public final void readBody(BodyReader bodyReader) {
    if (over || reader != null) {
      return;
    }
    reader = bodyReader;
    if (request.hasBody()) {
      startBody();
    } else {
      deliverEnd();
    }
  }

  @Override
  public final void respond(ResponseHead answer, ByteBuf body) {
    if (!ErrorPage.isFailure(answer)) {
      answer(answer, body);
    } else if (showPage(answer)) {
      body.release();
    } else {
      answer(ErrorPage.asShown(answer, id), body);
    }
  }

  /** In place of a worker's own answer; whether there is a page for it. */
  private boolean showPage(ResponseHead failure) {
    Optional<ErrorPage> page = ErrorPage.of(failure, id, shared.settings().errorPages());
    page.ifPresent(shown -> answer(shown.head(), Unpooled.wrappedBuffer(shown.body())));
    return page.isPresent();
  }

  private void answer(ResponseHead answer, ByteBuf body) {
    if (over || started) {
      body.release();
      return;
    }
    long declared = ResponseFields.contentLength(answer);
    long length = body.readableBytes();
    if (declared == ResponseFields.BAD_LENGTH) {
      body.release();
      unusable(answer);
    } else if (isBodyless(answer)) {
      body.release();
      boolean add = declared < 0 && length > 0 && ResponseFields.mayHaveBody(answer.status());
      whole(answer, Unpooled.EMPTY_BUFFER, add ? length : -1);
    } else if (declared > length) {
      begin(answer);
      write(body);
      end();
    } else {
      ByteBuf exact = declared < 0 ? body : body.writerIndex(body.readerIndex() + (int) declared);
      whole(answer, exact, declared < 0 ? length : -1);
    }
  }

  private void whole(ResponseHead answer, ByteBuf body, long addLength) {
    long length = body.readableBytes();
    // Over before it is sent: what follows on the connection may begin in there.
    over = true;
    if (sendWhole(answer, body, addLength)) {
      sent = length;
      count(answer.status());
    } else {
      over = false;
      unusable(answer);
    }
  }

  @Override
  public final void start(ResponseHead answer) {
    if (!ErrorPage.isFailure(answer)) {
      begin(answer);
    } else if (!showPage(answer)) {
      begin(ErrorPage.asShown(answer, id));
    }
  }

  private void begin(ResponseHead answer) {
    if (over || started) {
      return;
    }
    promised = ResponseFields.contentLength(answer);
    bodyless = isBodyless(answer);
    boolean framed = bodyless || promised >= 0;
    if (promised == ResponseFields.BAD_LENGTH || !sendHead(answer, framed)) {
      unusable(answer);
      return;
    }
    started = true;
    status = answer.status();
  }

  private boolean isBodyless(ResponseHead answer) {
    return head != null && head.method().equals("HEAD")
        || !ResponseFields.mayHaveBody(answer.status());
  }

  private void unusable(ResponseHead answer) {
    fail(
        Failure.of(
            FailureCode.WORKER_ANSWER_INVALID,
            "the head of the answer (status %d) holds what HTTP does not allow"
                .formatted(answer.status())));
  }

  @Override
  public final boolean write(ByteBuf block) {
    if (over || !started || bodyless || !block.isReadable()) {
      block.release();
      return true;
    }
    if (promised >= 0 && block.readableBytes() > promised) {
      block.writerIndex(block.readerIndex() + (int) promised);
      if (!block.isReadable()) {
        block.release();
        return true;
      }
    }
    promised -= promised >= 0 ? block.readableBytes() : 0;
    sent += block.readableBytes();
    return sendBlock(block);
  }

  @Override
  public final void onWritable(Runnable callback) {
    onWritable = callback;
  }

  @Override
  public final void end() {
    if (over || !started) {
      return;
    }
    if (!bodyless && promised > 0) {
      abort(
          Failure.of(
              FailureCode.RESPONSE_INCOMPLETE,
              "%d bytes fewer than Content-Length".formatted(promised)));
      return;
    }
    over = true;
    sendEnd();
    count(status);
  }

  @Override
  public final void abort(Failure cause) {
    if (over) {
      return;
    }
    note(cause);
    finish(started ? status : cause.code().status());
    breakOff();
  }

  @Override
  public final void fail(Failure failure) {
    if (over) {
      return;
    }
    if (started) {
      abort(failure);
      return;
    }
    note(failure);
    String accept = head == null ? null : head.first("accept");
    ErrorPage page = ErrorPage.of(failure, id, accept, shared.settings().errorPages());
    answer(page.head(), Unpooled.wrappedBuffer(page.body()));
  }

  @Override
  public final void onClosed(Runnable callback) {
    onClosed = callback;
  }

  private void note(Failure cause) {
    failure = cause.code();
    shared.stats().failed(failure);
    Logger.Level level =
        failure == FailureCode.CLIENT_GONE
            ? Logger.Level.DEBUG
            : failure.status() >= 500 ? Logger.Level.WARN : Logger.Level.INFO;
    if (LOG.isEnabled(level) && (level == Logger.Level.WARN || loop.mayLogRefusal())) {
      String what = head == null ? "request" : head.method() + " " + printable(head.target());
      LOG.logf(level, "%s %s %s: %s", id, failure.code(), what, printable(cause.detail()));
    }
  }

  /** A client's text cannot begin another log line or paint the terminal. */
  private static String printable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~') ? text : text.replaceAll("[^ -~]", "?");
  }

  private void finish(int finalStatus) {
    over = true;
    count(finalStatus);
  }

  private void count(int finalStatus) {
    long nanos = System.nanoTime() - startNanos;
    shared.stats().requestEnded(finalStatus, nanos / 1000, received, sent);
    if (nanos >= shared.settings().loggedFrom()) {
      shared.accessLog().add(entry(finalStatus, nanos / 1000));
    }
    reader = null;
    onClosed = null;
    onWritable = null;
  }

  private AccessLog.Entry entry(int finalStatus, long micros) {
    boolean routed = request != null && request.route() != null;
    return new AccessLog.Entry(
        routed ? request.environ().get("REMOTE_ADDR") : connection.peerAddress(),
        loop.micros(startNanos),
        head == null ? null : head.method(),
        head == null ? null : head.target(),
        head == null ? "-" : head.protocol(),
        finalStatus,
        sent,
        head == null ? null : head.first("referer"),
        head == null ? null : head.first("user-agent"),
        id,
        micros,
        routed ? request.route().applicationGroup() : null,
        failure == null ? null : failure.code());
  }
}
