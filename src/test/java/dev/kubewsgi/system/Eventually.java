package dev.kubewsgi.system;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a state that another process reaches on its own and tells nobody of. */
public final class Eventually {

  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  private Eventually() {}

  /**
   * @throws AssertionError when it is not so within {@link CommandLine#PATIENCE}
   */
  public static void isTrue(String what, BooleanSupplier state) {
    isTrue(what, CommandLine.PATIENCE, state);
  }

  /**
   * @throws AssertionError when it is not so within {@code patience}
   */
  public static void isTrue(String what, Duration patience, BooleanSupplier state) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }
}
