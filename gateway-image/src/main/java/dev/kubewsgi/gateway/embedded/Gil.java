package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.InterpreterThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Who waits for the GIL, which all interpreters of this process share: so that the thread that has
 * it can give it up between two requests, before CPython takes it away in the middle of one.
 *
 * <p>Modelled in src/test/models/gil.pml: change that first.
 */
final class Gil {

  /** CPython has one for the process, so there is one of this too. */
  static final Gil PROCESS = new Gil();

  /** CPython's forced switch comes after 5 ms (sys.getswitchinterval): well before that. */
  static final long TURN_NANOS = 2_000_000;

  private static final long LONGEST_WAIT_NANOS = 1_000_000;
  private static final long PAUSE_NANOS = 20_000;

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong taken = new AtomicLong();

  private Gil() {}

  void take(InterpreterThread thread) {
    waiting.incrementAndGet();
    thread.attach();
    waiting.decrementAndGet();
    taken.incrementAndGet();
  }

  boolean isWanted() {
    return waiting.get() > 0;
  }

  /**
   * Gives the GIL up to a thread of another interpreter: returns when one has taken it, so that the
   * caller does not take it again at once before the other has woken up.
   */
  void handOver(InterpreterThread thread) {
    var before = taken.get();
    thread.detach();
    var until = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (isWanted() && taken.get() == before && System.nanoTime() < until) {
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }
}
