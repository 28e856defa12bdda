package dev.kubewsgi.gateway.dispatch;

import java.util.ArrayList;
import java.util.List;

/**
 * The slots that share one process. Dispatch levels the busy slots of a lane's workers.
 *
 * @param <S> what a slot carries
 */
public final class Worker<S> {

  final Lane<S> lane;

  // Guarded by the queue's lock.
  /** Used as a stack: what ran last is warm. */
  final List<Slot<S>> idle = new ArrayList<>();

  int busy;
  boolean retired;

  Worker(Lane<S> lane) {
    this.lane = lane;
  }

  /** A slot of this worker; it takes part once it is offered. */
  public Slot<S> slot(S payload, Object affinity) {
    return new Slot<>(this, payload, affinity);
  }

  /**
   * Takes the worker out: none of its slots is chosen from now on.
   *
   * @return what its idle slots carry, to be closed now; the busy ones go when they are offered
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
