package dev.kubewsgi.gateway.dispatch;

import java.util.function.LongConsumer;

/**
 * One thread's capacity to run one request. Where others use the threads of its worker too, the
 * slot may turn out to have none: see {@link Ticket#putBack(Slot)} and {@link #turn}.
 *
 * @param <S> what it carries
 */
public final class Slot<S> {

  enum State {
    NEW,
    IDLE,
    BUSY,
    ASKING,
    GONE
  }

  /** What becomes of a thread that a worker keeps for a slot. */
  public enum Turn {
    /** A request runs on it. */
    TAKEN,
    /** No request waits. */
    PASSED,
    /** The worker was retired meanwhile: the slot is gone and its owner closes it. */
    GONE
  }

  final Worker<S> worker;
  final Object affinity;
  final LongConsumer ask;
  private final S payload;

  /** Guarded by the queue's lock. */
  State state = State.NEW;

  Slot(Worker<S> worker, S payload, Object affinity, LongConsumer ask) {
    this.worker = worker;
    this.payload = payload;
    this.affinity = affinity;
    this.ask = ask;
  }

  public S payload() {
    return payload;
  }

  /**
   * Says that the slot is free: for the first time, or again after a request. The head of the queue
   * is given it before this returns.
   *
   * @return false when its worker was retired meanwhile: the slot is gone and its owner closes it
   */
  public boolean offer() {
    return worker.lane.offer(this);
  }

  /**
   * Says that its worker keeps a thread for it. The head of the queue is given it before this
   * returns; if none waits, the thread is to be given back, and then the slot offered.
   */
  public Turn turn() {
    return worker.lane.turn(this);
  }

  /** Takes the slot out for good, whatever its state. */
  public void discard() {
    worker.lane.discard(this);
  }
}
