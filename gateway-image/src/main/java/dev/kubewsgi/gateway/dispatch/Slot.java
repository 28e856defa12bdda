package dev.kubewsgi.gateway.dispatch;

/**
 * One thread's capacity to run one request.
 *
 * @param <S> what it carries
 */
public final class Slot<S> {

  enum State {
    NEW,
    IDLE,
    BUSY,
    GONE
  }

  final Worker<S> worker;
  final Object affinity;
  private final S payload;

  /** Guarded by the queue's lock. */
  State state = State.NEW;

  Slot(Worker<S> worker, S payload, Object affinity) {
    this.worker = worker;
    this.payload = payload;
    this.affinity = affinity;
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

  /** Takes the slot out for good, whatever its state. */
  public void discard() {
    worker.lane.discard(this);
  }
}
