package dev.kubewsgi.gateway.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The slots that share one process. Dispatch levels the busy slots of a lane's workers.
 *
 * <p>A worker is <em>full</em> from when one of its slots turned out to have no thread until it
 * keeps one for the slot that asks: its threads are others' meanwhile.
 *
 * @param <S> what a slot carries
 */
public final class Worker<S> {

  final Lane<S> lane;

  // Guarded by the queue's lock.
  /** Used as a stack: what ran last is warm. */
  final List<Slot<S>> idle = new ArrayList<>();

  /** The slot that asks for a thread, in place of all that are idle; null: it is not full. */
  Slot<S> asking;

  int busy;
  boolean retired;

  Worker(Lane<S> lane) {
    this.lane = lane;
  }

  /**
   * A slot of this worker; it takes part once it is offered.
   *
   * @param ask makes the worker keep its next free thread for this slot, which then calls {@link
   *     Slot#turn}; takes how long the first in the lane's queue has waited, in nanoseconds. Called
   *     on any thread, without a lock
   */
  public Slot<S> slot(S payload, Object affinity, LongConsumer ask) {
    return new Slot<>(this, payload, affinity, ask);
  }

  /**
   * Takes the worker out: none of its slots is chosen from now on.
   *
   * @return what its idle slots and the one that asks carry, to be closed now; the busy ones go
   *     when they are offered
   */
  public List<S> retire() {
    return lane.retire(this);
  }

  /** Index of the warmest idle slot of this affinity, or -1. */
  int idleOf(Object affinity) {
    for (int i = idle.size() - 1; i >= 0; i--) {
      if (idle.get(i).affinity == affinity) {
        return i;
      }
    }
    return -1;
  }
}
