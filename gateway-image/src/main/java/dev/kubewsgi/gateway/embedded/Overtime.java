package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.Interpreter;
import dev.kubewsgi.gateway.embedded.cpython.InterpreterThread;
import dev.kubewsgi.gateway.embedded.cpython.LoadException;
import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The requests of an interpreter that run for longer than {@code requestTimeout}: interrupted, then
 * cut off, then given up with their thread, a second apart (ADR 0011).
 *
 * <p>Interrupting needs the GIL, which code in C may keep: a thread of its own does it. The client
 * is answered by whoever calls {@link #cutOff}, without.
 */
final class Overtime {

  private static final Logger LOG = Logger.getLogger(Overtime.class);

  /** For what is interrupted to come back, and then for what is cut off. */
  private static final long GRACE_NANOS = 1_000_000_000;

  private static final long LONGEST_INTERVAL_NANOS = 250_000_000;
  private static final int LOOKS = 4;

  private final String group;
  private final Interpreter interpreter;
  private final long limitNanos;
  private final Supplier<Stream<EmbeddedRequest>> running;
  private final Thread thread;
  private volatile boolean ended;

  /**
   * @param group id of the application group, for messages
   * @param running the requests in the application, whenever it is asked
   */
  Overtime(
      String group,
      Interpreter interpreter,
      Duration limit,
      Supplier<Stream<EmbeddedRequest>> running) {
    this.group = group;
    this.interpreter = interpreter;
    this.limitNanos = limit.toNanos();
    this.running = running;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("embedded-overtime-" + group)
            .stackSize(PythonRuntime.STACK_BYTES)
            .start(this::watch);
  }

  /** Answers for the requests that were interrupted and did not end. */
  void cutOff(long nanoTime) {
    running
        .get()
        .filter(request -> request.ran(nanoTime) >= limitNanos + GRACE_NANOS)
        .filter(request -> !request.isLeft())
        .forEach(request -> request.cutOff(tooSlow(request, nanoTime)));
  }

  /** Whether a request has not ended though everything has been done: its thread is lost. */
  boolean isLost(EmbeddedRequest request, long nanoTime) {
    return request.ran(nanoTime) >= limitNanos + 2 * GRACE_NANOS;
  }

  /** Ends the watch; the calling thread has no GIL. */
  void end() {
    ended = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    long interval = Math.min(LONGEST_INTERVAL_NANOS, limitNanos / LOOKS);
    while (!ended) {
      LockSupport.parkNanos(this, interval);
      long now = System.nanoTime();
      if (!ended && running.get().anyMatch(request -> isToBeInterrupted(request, now))) {
        interrupt();
      }
    }
  }

  /** Asked more often than once: by Python's clock it may be due a moment later. */
  private boolean isToBeInterrupted(EmbeddedRequest request, long nanoTime) {
    long ran = request.ran(nanoTime);
    return ran >= limitNanos && (request.stack().isEmpty() || ran < limitNanos + GRACE_NANOS);
  }

  private void interrupt() {
    var python = InterpreterThread.of(interpreter);
    python.attach();
    try {
      var stacks = interpreter.look();
      running.get().forEach(request -> request.stack(stacks.get(request.request().id())));
    } catch (LoadException e) {
      LOG.errorf("KW519 application group %s cannot be looked at: %s", group, e.getMessage());
    } finally {
      python.close();
    }
  }

  private Failure tooSlow(EmbeddedRequest request, long nanoTime) {
    return Failure.of(
        FailureCode.APPLICATION_TOO_SLOW,
        ("application group %s has run it for %d s, longer than requestTimeout, and cannot be"
                + " interrupted; it holds one of the threads%s")
            .formatted(
                group,
                TimeUnit.NANOSECONDS.toSeconds(request.ran(nanoTime)),
                request.stack().isEmpty()
                    ? ", and its stack could not be read: it may keep the GIL"
                    : ""));
  }
}
