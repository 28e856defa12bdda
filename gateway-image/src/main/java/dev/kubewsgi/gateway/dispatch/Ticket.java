package dev.kubewsgi.gateway.dispatch;

/**
 * One request's place in the queue of a {@link Lane}. Its place and its deadline count from the
 * first submission, however often it is put back.
 *
 * @param <S> what a slot carries
 */
public final class Ticket<S> {

  enum State {
    NEW,
    WAITING,
    OUT
  }

  final Lane<S> lane;
  final Waiter<S> waiter;
  final Object affinity;

  // Guarded by the queue's lock.
  State state = State.NEW;
  long sequence;
  long arrival;
  Ticket<S> previous;
  Ticket<S> next;

  /**
   * @param affinity slots of the same affinity are preferred among equals (compared by identity)
   */
  public Ticket(Lane<S> lane, Waiter<S> waiter, Object affinity) {
    this.lane = lane;
    this.waiter = waiter;
    this.affinity = affinity;
  }

  /** Asks for a slot, once. The waiter may be called before this returns. */
  public void submit() {
    lane.submit(this);
  }

  /**
   * Asks again, at its place in the queue, after a slot turned out to be unable to take the
   * request. Call it before that slot is offered again, so that another one is chosen.
   */
  public void putBack() {
    lane.putBack(this);
  }

  /**
   * The same after the slot's worker had no thread for it. The worker is full from now on, and this
   * slot or another one asks for a thread.
   *
   * @return false when the worker was retired meanwhile: the slot is gone and its owner closes it
   */
  public boolean putBack(Slot<S> slot) {
    return lane.putBack(this, slot);
  }

  /**
   * Leaves the queue.
   *
   * @return false when it no longer waited: the waiter has been or is being called
   */
  public boolean cancel() {
    return lane.cancel(this);
  }

  /** When it was submitted, on the queue's clock. */
  public long arrival() {
    return arrival;
  }
}
