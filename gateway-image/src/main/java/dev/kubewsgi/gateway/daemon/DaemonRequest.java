package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Slot;
import dev.kubewsgi.gateway.dispatch.Ticket;
import dev.kubewsgi.gateway.dispatch.Waiter;
import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.Instant;

/**
 * The way of one request through a daemon group: its body if it is small, the queue, a worker, the
 * answer.
 *
 * <p>A small body is read before the request queues, so that a slow client holds no thread, the
 * worker gets all in one write, and it can be sent again if a worker refuses. A large one, or one
 * whose client waits for 100 (Continue), stays with the client until the application reads it.
 *
 * <p>Two event loops meet here: the exchange's, and that of the worker's connection; often they are
 * the same. Each method says where it is called. The body belongs to whoever has the request: the
 * exchange's side until it is granted a slot, the connection's from then on.
 */
final class DaemonRequest implements Waiter<WorkerConnection>, BodyReader {

  private static final int SMALL_BODY = 65_536;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final DaemonApplication application;
  private final Exchange exchange;
  private final WsgiRequest request;
  private final EventLoop loop;
  private final Ticket<WorkerConnection> ticket;
  private final boolean streamed;
  private ByteBuf body;
  private FlowGate gate;
  private boolean uploading;
  private boolean submitted;
  private int held;
  private volatile WorkerConnection connection;
  private volatile boolean gone;
  private volatile long granted;

  DaemonRequest(Exchange exchange, DaemonApplication application) {
    this.application = application;
    this.exchange = exchange;
    this.request = exchange.request();
    this.loop = exchange.eventLoop();
    this.ticket = new Ticket<>(application.lane(), this, loop);
    long length = request.contentLength();
    this.streamed = length < 0 || length > SMALL_BODY || (length > 0 && request.expectsContinue());
  }

  // On the exchange's event loop.

  void begin() {
    exchange.onClosed(this::clientLeft);
    if (request.hasBody() && !streamed) {
      uploading = true;
      application.uploading().incrementAndGet();
      exchange.readBody(this);
    } else {
      submit();
    }
  }

  private void submit() {
    submitted = true;
    ticket.submit();
  }

  @Override
  public void block(ByteBuf block) {
    if (streamed) {
      connection.writeBody(this, block);
    } else if (gone) {
      block.release();
    } else if (body == null && block.readableBytes() >= request.contentLength()) {
      body = block;
    } else {
      collect(block);
    }
  }

  @Override
  public void end() {
    if (streamed) {
      connection.endBody(this);
    } else if (!gone) {
      submit();
      uploaded();
    }
  }

  @Override
  public void failed(Failure cause) {
    clientLeft();
    exchange.fail(cause);
  }

  private void uploaded() {
    if (uploading) {
      uploading = false;
      application.uploading().decrementAndGet();
    }
  }

  private void collect(ByteBuf block) {
    if (body == null) {
      body = block.alloc().ioBuffer((int) request.contentLength());
    }
    body.writeBytes(block);
    block.release();
  }

  private void clientLeft() {
    if (gone) {
      return;
    }
    gone = true;
    if (!submitted || ticket.cancel()) {
      uploaded();
      forget();
    } else if (connection != null) {
      connection.abandon(this);
    }
  }

  // From the queue, on any thread.

  @Override
  public void granted(Slot<WorkerConnection> slot) {
    WorkerConnection worker = slot.payload();
    connection = worker;
    worker.run(this);
  }

  @Override
  public void refused(Failure failure) {
    forget();
    fail(failure);
  }

  // For the connection, on its event loop.

  String method() {
    return request.method();
  }

  boolean isGone() {
    return gone;
  }

  /** Whether its body is sent only when the worker asks for it. */
  boolean isStreamed() {
    return streamed;
  }

  boolean isChunked() {
    return request.contentLength() == WsgiRequest.UNKNOWN_LENGTH;
  }

  ByteBuf encode(RequestEncoder encoder, ByteBufAllocator allocator) throws UnsendableRequest {
    Instant instant = Instant.now();
    long now = instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / NANOS_PER_MICRO;
    long waited = Math.max(0, (System.nanoTime() - ticket.arrival()) / NANOS_PER_MICRO);
    granted = now;
    return encoder.encode(
        allocator, request, application.single().get(), now - waited, waited, framing(), body);
  }

  private RequestEncoder.Body framing() {
    if (streamed) {
      return RequestEncoder.Body.ON_DEMAND;
    }
    return body == null ? RequestEncoder.Body.NONE : RequestEncoder.Body.ATTACHED;
  }

  /** The worker did not take it: another shall. */
  void again() {
    connection = null;
    if (gone) {
      forget();
    } else {
      ticket.putBack();
    }
  }

  /**
   * The worker has no thread for it now: another may, or this one later.
   *
   * @return false when the slot is gone: the connection is closed
   */
  boolean again(Slot<WorkerConnection> busy) {
    connection = null;
    if (gone) {
      forget();
      return busy.offer();
    }
    return ticket.putBack(busy);
  }

  /** The worker has no such script: the newest revision may, unless it cannot be loaded. */
  void unknown() {
    Failure fault = application.fault().get();
    if (fault == null) {
      again();
    } else {
      forget();
      fail(fault);
    }
  }

  /** Lets go of what it holds. */
  void forget() {
    if (body != null) {
      body.release();
      body = null;
    }
  }

  void unsendable(String why) {
    forget();
    fail(Failure.of(FailureCode.BAD_REQUEST, why));
  }

  void invalidAnswer(long pid, String why) {
    forget();
    fail(
        Failure.of(
            FailureCode.WORKER_ANSWER_INVALID,
            "worker %d answered in a form that is not HTTP: %s".formatted(pid, why)));
  }

  /** The connection broke while the worker had it; {@code failure} says why. */
  void lost(Failure failure) {
    forget();
    fail(failure);
  }

  /** When it came into the queue, as {@link System#nanoTime}. */
  long arrival() {
    return ticket.arrival();
  }

  AnswerWatch.Limits limits() {
    return application.limits().get();
  }

  void tooLate(String limit) {
    forget();
    fail(
        Failure.of(
            FailureCode.ANSWER_TOO_LATE,
            "the answer did not come within timeouts.%s of its group".formatted(limit)));
  }

  /** Whether the head of an answer has come. */
  boolean isAnswering() {
    return gate != null;
  }

  void flowBody() {
    onExchange(() -> exchange.readBody(this));
  }

  void pauseBody() {
    onExchange(exchange::pauseBody);
  }

  void resumeBody() {
    onExchange(exchange::resumeBody);
  }

  void answer(ResponseHead head, ByteBuf whole) {
    forget();
    if (loop.inEventLoop()) {
      exchange.respond(head, whole);
    } else {
      loop.execute(() -> exchange.respond(head, whole));
    }
  }

  void startAnswer(ResponseHead head) {
    forget();
    gate = new FlowGate(connection.channel(), application.buffer().getAsInt());
    onExchange(() -> exchange.start(head));
  }

  void answerBlock(ByteBuf block) {
    gate.came(block.readableBytes());
    if (loop.inEventLoop()) {
      pass(block);
    } else {
      loop.execute(() -> pass(block));
    }
  }

  void endAnswer() {
    gate.done();
    onExchange(exchange::end);
  }

  /** On the exchange's event loop. */
  private void pass(ByteBuf block) {
    int size = block.readableBytes();
    if (exchange.write(block)) {
      gate.went(size);
      return;
    }
    if (held == 0) {
      exchange.onWritable(this::passed);
    }
    held += size;
  }

  private void passed() {
    int size = held;
    held = 0;
    gate.went(size);
  }

  private void fail(Failure failure) {
    onExchange(() -> exchange.fail(failure));
  }

  private void onExchange(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  // For the status, on any thread.

  WsgiRequest request() {
    return request;
  }

  /** When it was handed to the worker. */
  Instant since() {
    return Instant.ofEpochSecond(
        granted / MICROS_PER_SECOND, granted % MICROS_PER_SECOND * NANOS_PER_MICRO);
  }
}
