package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.Answer;
import dev.kubewsgi.gateway.embedded.cpython.RequestChannel;
import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An exchange as a blocking thread sees it. The exchange itself is touched on its event loop only;
 * between the two stand a bounded number of bytes each way.
 */
final class EmbeddedRequest implements RequestChannel, BodyReader {

  /** Bytes of the body that are read ahead of the application. */
  private static final int READ_AHEAD = 128 * 1024;

  /** Bytes of the answer that the application is ahead of the client. */
  private static final int WRITE_AHEAD = 256 * 1024;

  /** A block of any size goes out in pieces, so that memory does not grow with it. */
  private static final int LARGEST_PIECE = 128 * 1024;

  private final Exchange exchange;
  private final EventLoop loop;
  private final long queuedMicros;
  private final long queuedNanos;
  private final long deadlineNanos;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // The body: guarded by the lock.
  private final ArrayDeque<ByteBuf> blocks = new ArrayDeque<>();
  private int buffered;
  private boolean reading;
  private boolean paused;
  private boolean bodyEnded;
  private boolean discarding;

  // The answer: guarded by the lock, but for the two that only the event loop uses.
  private int ahead;
  private int unacknowledged;
  private boolean awaitsWritable;

  /** Why nothing can be read or written any more. */
  private String closedReason;

  /** Nobody waits for an answer. */
  private boolean left;

  // Its time in the application: written by the thread that runs it.
  private volatile Instant began;
  private volatile long beganNanos;

  /** Where it stood in Python when it had run for too long. */
  private volatile String stack;

  EmbeddedRequest(Exchange exchange, long queueTimeoutNanos) {
    this.exchange = exchange;
    this.loop = exchange.eventLoop();
    this.queuedNanos = System.nanoTime();
    this.deadlineNanos = queuedNanos + queueTimeoutNanos;
    var now = Instant.now();
    this.queuedMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    this.bodyEnded = !exchange.request().hasBody();
  }

  /** Begins; on the event loop. */
  void begin() {
    exchange.onClosed(() -> leave("the client left"));
    if (!bodyEnded && !request().expectsContinue()) {
      reading = true;
      exchange.readBody(this);
    }
  }

  WsgiRequest request() {
    return exchange.request();
  }

  /** When it was queued, in microseconds since the epoch. */
  long queued() {
    return queuedMicros;
  }

  /** How long it has been in the queue, in microseconds. */
  long waited(long nanoTime) {
    return (nanoTime - queuedNanos) / 1_000;
  }

  boolean isOverdue(long nanoTime) {
    return nanoTime - deadlineNanos > 0;
  }

  /** Nobody waits for an answer any more. */
  boolean isLeft() {
    lock.lock();
    try {
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** The application begins. */
  void begins(long nanoTime) {
    began = Instant.now();
    beganNanos = nanoTime;
  }

  /** When the application began. */
  Instant began() {
    return began;
  }

  /** For how long the application has run, in nanoseconds. */
  long ran(long nanoTime) {
    return nanoTime - beganNanos;
  }

  /** Where it stood in Python when it had run for too long; empty: it has not. */
  Optional<String> stack() {
    return Optional.ofNullable(stack);
  }

  /**
   * @param found null: unknown, what was found before stays
   */
  void stack(String found) {
    if (found != null) {
      stack = found;
    }
  }

  // How it ends

  /** Any thread. */
  void finish(Answer answer) {
    switch (answer) {
      case Answer.Whole whole -> {
        var head = head(whole.status(), whole.fields());
        loop.execute(() -> exchange.respond(head, whole.body()));
      }
      case Answer.Sent _ -> {}
      case Answer.Aborted aborted -> {
        var failure = Failure.of(FailureCode.RESPONSE_INCOMPLETE, aborted.reason());
        loop.execute(() -> exchange.abort(failure));
      }
    }
    discardBody();
  }

  /** Any thread; breaks an answer off that has begun. */
  void fail(Failure failure) {
    loop.execute(() -> exchange.fail(failure));
    discardBody();
  }

  /** Any thread: answers for an application that does not, and wakes it if it waits for us. */
  void cutOff(Failure failure) {
    fail(failure);
    leave(failure.detail());
  }

  private void leave(String reason) {
    lock.lock();
    try {
      left = true;
      close(reason);
    } finally {
      lock.unlock();
    }
  }

  private void close(String reason) {
    lock.lock();
    try {
      closedReason = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Any thread; for a request that is over, also when nobody waits for its answer any more. */
  void discardBody() {
    lock.lock();
    try {
      discarding = true;
      blocks.forEach(ByteBuf::release);
      blocks.clear();
      buffered = 0;
    } finally {
      lock.unlock();
    }
  }

  // BodyReader: on the event loop

  @Override
  public void block(ByteBuf block) {
    lock.lock();
    try {
      if (discarding) {
        block.release();
        return;
      }
      blocks.add(block);
      buffered += block.readableBytes();
      if (buffered >= READ_AHEAD && !paused) {
        paused = true;
        exchange.pauseBody();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end() {
    lock.lock();
    try {
      bodyEnded = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void failed(Failure cause) {
    close(cause.detail());
  }

  // RequestChannel: on the thread that runs the request

  @Override
  public int available() throws IOException {
    lock.lock();
    try {
      if (buffered > 0) {
        return buffered;
      }
      checkOpen();
      return bodyEnded ? RequestChannel.END : 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void awaitBody() throws IOException, InterruptedException {
    lock.lock();
    try {
      if (!reading) {
        reading = true;
        loop.execute(() -> exchange.readBody(this));
      }
      while (buffered == 0 && !bodyEnded) {
        checkOpen();
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void take(ByteBuffer target) {
    lock.lock();
    try {
      while (target.hasRemaining() && !blocks.isEmpty()) {
        var block = blocks.peek();
        var size = Math.min(block.readableBytes(), target.remaining());
        block.readBytes(target.slice(target.position(), size));
        target.position(target.position() + size);
        buffered -= size;
        if (!block.isReadable()) {
          blocks.poll().release();
        }
      }
      if (paused && buffered < READ_AHEAD / 2) {
        paused = false;
        loop.execute(exchange::resumeBody);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void start(String status, String[] fields) throws IOException {
    var head = head(status, fields);
    lock.lock();
    try {
      checkOpen();
    } finally {
      lock.unlock();
    }
    loop.execute(() -> exchange.start(head));
  }

  @Override
  public void write(ByteBuffer block) throws IOException, InterruptedException {
    while (block.hasRemaining()) {
      var size = Math.min(block.remaining(), LARGEST_PIECE);
      awaitRoom(size);
      var copy = PooledByteBufAllocator.DEFAULT.directBuffer(size);
      copy.writeBytes(block.slice(block.position(), size));
      block.position(block.position() + size);
      loop.execute(() -> send(copy, size));
    }
  }

  private void awaitRoom(int size) throws IOException, InterruptedException {
    lock.lock();
    try {
      checkOpen();
      while (ahead >= WRITE_AHEAD) {
        changed.await();
        checkOpen();
      }
      ahead += size;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void finish() throws IOException {
    loop.execute(exchange::end);
  }

  private void send(ByteBuf block, int size) {
    unacknowledged += size;
    if (exchange.write(block)) {
      acknowledge();
    } else if (!awaitsWritable) {
      awaitsWritable = true;
      exchange.onWritable(
          () -> {
            awaitsWritable = false;
            acknowledge();
          });
    }
  }

  private void acknowledge() {
    lock.lock();
    try {
      ahead -= unacknowledged;
      unacknowledged = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closedReason != null) {
      throw new IOException(closedReason);
    }
  }

  /** A status that the WSGI core has checked: three digits, then a space or the end. */
  private static ResponseHead head(String status, String[] fields) {
    var code = Integer.parseInt(status, 0, 3, 10);
    return new ResponseHead(code, status.length() > 4 ? status.substring(4) : "", fields);
  }
}
