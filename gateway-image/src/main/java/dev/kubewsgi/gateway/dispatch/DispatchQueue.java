package dev.kubewsgi.gateway.dispatch;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The one queue of a process group: requests in the order they came, slots as they become free.
 *
 * <p>A request needs a slot of its {@link Lane}: the lanes share the length limit and the deadline,
 * not the slots. Guarantees:
 *
 * <ul>
 *   <li>INVARIANT: when no call is in progress, a lane has no idle slot of a worker that is not
 *       {@link Worker full}, or no waiting request. So no request waits while a slot that could run
 *       it is idle.
 *   <li>For a full worker one slot asks; when the worker keeps a thread for it, the head of its
 *       lane has it, and another slot asks if more wait.
 *   <li>Within a lane slots are granted in order of arrival. A request that is put back keeps its
 *       place.
 *   <li>Of several idle slots one of the worker with the fewest busy slots is chosen, and of these
 *       one of the asker's affinity.
 *   <li>No more than the limit wait (those put back do not count anew); none waits longer than the
 *       timeout, as exactly as {@link #expire} is called.
 * </ul>
 *
 * <p>Thread-safe. Waiters are called outside the lock. Modelled in src/test/models/dispatch.pml,
 * with the worker's side: change that first.
 *
 * @param <S> what a slot carries
 */
public final class DispatchQueue<S> {

  /** There is no telling when a slot frees; a second is soon enough and no stampede. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  final Object lock = new Object();
  private final String name;
  private final LongSupplier clock;
  private final Runnable onWaiting;

  /** Why there is no slot, where that is not because all are busy. */
  private volatile Optional<String> shortage = Optional.empty();

  // All below is guarded by the lock.
  private final List<Lane<S>> lanes = new ArrayList<>();
  private int maxLength;
  private long timeout;
  private boolean watched;
  private long sequence;
  int waiting;
  int busy;
  int slots;
  long granted;
  long refusedFull;
  long refusedTimeout;
  long cancelled;
  long putBack;

  /**
   * @param name of the group, for messages
   * @param maxLength how many requests may wait
   * @param timeout how long one may wait
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @param onWaiting called when a request begins to wait and nobody watches the deadlines: whoever
   *     made the queue then calls {@link #expire} until it says that nothing waits
   */
  public DispatchQueue(
      String name, int maxLength, Duration timeout, LongSupplier clock, Runnable onWaiting) {
    this.name = name;
    this.clock = clock;
    this.onWaiting = onWaiting;
    limits(maxLength, timeout);
  }

  /** Changes the limits; the timeout holds for those who wait already, too. */
  public void limits(int newMaxLength, Duration newTimeout) {
    synchronized (lock) {
      maxLength = newMaxLength;
      timeout = newTimeout.toNanos();
    }
  }

  /**
   * What those are told who waited in vain.
   *
   * @param why there are no slots; empty: there are, and they are busy
   */
  public void shortage(Optional<String> why) {
    shortage = why;
  }

  /** A new lane: requests that the same slots can run. */
  public Lane<S> lane() {
    Lane<S> lane = new Lane<>(this);
    synchronized (lock) {
      lanes.add(lane);
    }
    return lane;
  }

  /**
   * Refuses the requests whose deadline has passed.
   *
   * @return nanoseconds until the next deadline; {@link Long#MAX_VALUE}: nothing waits, and {@code
   *     onWaiting} will be called when that changes
   */
  public long expire() {
    List<Ticket<S>> expired = new ArrayList<>();
    long next = Long.MAX_VALUE;
    synchronized (lock) {
      long now = clock.getAsLong();
      for (Lane<S> lane : lanes) {
        next = Math.min(next, lane.takeExpired(now, expired));
      }
      watched = next != Long.MAX_VALUE;
    }
    expired.forEach(ticket -> ticket.waiter.refused(timedOut()));
    return next;
  }

  public QueueStatistics statistics() {
    synchronized (lock) {
      long now = clock.getAsLong();
      long oldest = 0;
      for (Lane<S> lane : lanes) {
        oldest = Math.max(oldest, lane.oldestWait(now));
      }
      return new QueueStatistics(
          waiting, oldest, busy, slots, granted, refusedFull, refusedTimeout, cancelled, putBack);
    }
  }

  // For lanes, with the lock held.

  long now() {
    return clock.getAsLong();
  }

  void stamp(Ticket<S> ticket) {
    ticket.sequence = sequence++;
    ticket.arrival = now();
  }

  boolean full() {
    return waiting >= maxLength;
  }

  boolean expired(Ticket<S> ticket) {
    return remaining(ticket, now()) <= 0;
  }

  long remaining(Ticket<S> ticket, long now) {
    return ticket.arrival + timeout - now;
  }

  /** Whether the caller must call {@link #watch} when it has left the lock. */
  boolean mustWatch() {
    boolean must = !watched;
    watched = true;
    return must;
  }

  void remove(Lane<S> lane) {
    lanes.remove(lane);
  }

  // For lanes, without it.

  void watch() {
    onWaiting.run();
  }

  Failure isFull() {
    return Failure.retryable(
        FailureCode.QUEUE_FULL,
        "the queue of group " + name + " is full: as many requests wait as may",
        RETRY_AFTER);
  }

  Failure timedOut() {
    return Failure.retryable(
        FailureCode.QUEUE_TIMEOUT,
        "no thread of group "
            + name
            + " became free within the queue's timeout"
            + shortage.map(why -> ": " + why).orElse(""),
        RETRY_AFTER);
  }
}
