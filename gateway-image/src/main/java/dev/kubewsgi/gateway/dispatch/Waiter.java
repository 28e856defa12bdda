package dev.kubewsgi.gateway.dispatch;

import dev.kubewsgi.gateway.exchange.Failure;

/**
 * Someone who needs a slot. Exactly one of the two is called for each time its {@link Ticket} was
 * submitted or put back, unless the ticket was cancelled in time. Calls come without any lock held,
 * on the thread that caused them.
 *
 * @param <S> what a slot carries
 */
public interface Waiter<S> {

  /** The slot is the waiter's until it calls {@link Slot#offer} or {@link Slot#discard}. */
  void granted(Slot<S> slot);

  /** It will get no slot: the queue is full, the deadline passed, or nothing can serve it. */
  void refused(Failure failure);
}
