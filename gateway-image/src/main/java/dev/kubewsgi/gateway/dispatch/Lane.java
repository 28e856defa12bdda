package dev.kubewsgi.gateway.dispatch;

import dev.kubewsgi.gateway.exchange.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a {@link DispatchQueue} that the same slots serve: an application group. Modelled
 * with it.
 *
 * @param <S> what a slot carries
 */
public final class Lane<S> {

  private final DispatchQueue<S> queue;

  // All below is guarded by the queue's lock.
  private final List<Worker<S>> workers = new ArrayList<>();
  private Ticket<S> head;
  private Ticket<S> tail;
  private int waiting;
  private Failure blocked;

  Lane(DispatchQueue<S> queue) {
    this.queue = queue;
  }

  /** A new worker, still without slots. */
  public Worker<S> worker() {
    Worker<S> worker = new Worker<>(this);
    synchronized (queue.lock) {
      workers.add(worker);
    }
    return worker;
  }

  /** Refuses those who wait, and from now on those who find no idle slot, with this failure. */
  public void block(Failure failure) {
    List<Ticket<S>> refused = new ArrayList<>();
    synchronized (queue.lock) {
      blocked = failure;
      takeAll(refused);
    }
    refused.forEach(ticket -> ticket.waiter.refused(failure));
  }

  /** Lets requests wait again. */
  public void unblock() {
    synchronized (queue.lock) {
      blocked = null;
    }
  }

  /** Whether those who find no idle slot are refused. */
  public boolean isBlocked() {
    synchronized (queue.lock) {
      return blocked != null;
    }
  }

  /** {@link #block Blocks} it for good and takes it out of the queue. */
  public void close(Failure failure) {
    block(failure);
    synchronized (queue.lock) {
      queue.remove(this);
    }
  }

  /** How many requests wait here. */
  public int waiting() {
    synchronized (queue.lock) {
      return waiting;
    }
  }

  void submit(Ticket<S> ticket) {
    Slot<S> slot;
    Failure refusal = null;
    boolean watch = false;
    synchronized (queue.lock) {
      queue.stamp(ticket);
      slot = takeIdle(ticket);
      if (slot == null) {
        refusal = refusal();
        watch = refusal == null && enqueue(ticket);
      }
    }
    settle(ticket, slot, refusal, watch);
  }

  void putBack(Ticket<S> ticket) {
    putBack(ticket, null);
  }

  /** With the slot whose worker is full, if that is why. */
  boolean putBack(Ticket<S> ticket, Slot<S> full) {
    Slot<S> slot;
    Slot<S> asker = null;
    Failure refusal = null;
    boolean watch = false;
    boolean gone;
    synchronized (queue.lock) {
      queue.putBack++;
      if (full != null) {
        asker = markFull(full);
      }
      slot = takeIdle(ticket);
      if (slot == null) {
        refusal = refusalAgain(ticket);
        watch = refusal == null && enqueue(ticket);
      }
      gone = full != null && full.state == Slot.State.GONE;
    }
    settle(ticket, slot, refusal, watch);
    ask(asker);
    return !gone;
  }

  boolean cancel(Ticket<S> ticket) {
    synchronized (queue.lock) {
      if (ticket.state != Ticket.State.WAITING) {
        return false;
      }
      unlink(ticket);
      queue.cancelled++;
      return true;
    }
  }

  boolean offer(Slot<S> slot) {
    Ticket<S> next;
    synchronized (queue.lock) {
      if (slot.state == Slot.State.GONE || slot.state == Slot.State.IDLE) {
        return slot.state == Slot.State.IDLE;
      }
      if (slot.worker.retired) {
        drop(slot);
        return false;
      }
      next = head;
      if (next == null || slot.worker.asking != null) {
        idle(slot);
        return true;
      }
      unlink(next);
      busy(slot);
    }
    next.waiter.granted(slot);
    return true;
  }

  Slot.Turn turn(Slot<S> slot) {
    Ticket<S> next;
    Slot<S> asker = null;
    synchronized (queue.lock) {
      if (slot.state == Slot.State.GONE || slot.worker.retired) {
        drop(slot);
        return Slot.Turn.GONE;
      }
      next = head;
      if (slot.worker.asking == slot) {
        slot.worker.asking = null;
      }
      if (next == null) {
        return Slot.Turn.PASSED;
      }
      unlink(next);
      busy(slot);
      if (head != null && slot.worker.asking == null) {
        asker = nextAsker(slot.worker);
      }
    }
    next.waiter.granted(slot);
    ask(asker);
    return Slot.Turn.TAKEN;
  }

  void discard(Slot<S> slot) {
    Slot<S> asker = null;
    synchronized (queue.lock) {
      boolean asked = slot.worker.asking == slot;
      drop(slot);
      if (asked) {
        asker = nextAsker(slot.worker);
      }
    }
    ask(asker);
  }

  List<S> retire(Worker<S> worker) {
    List<S> closing = new ArrayList<>();
    synchronized (queue.lock) {
      worker.retired = true;
      workers.remove(worker);
      for (Slot<S> slot : List.copyOf(worker.idle)) {
        drop(slot);
        closing.add(slot.payload());
      }
      if (worker.asking != null) {
        closing.add(worker.asking.payload());
        drop(worker.asking);
      }
    }
    return closing;
  }

  // With the lock held.

  long takeExpired(long now, List<Ticket<S>> expired) {
    while (head != null && queue.remaining(head, now) <= 0) {
      queue.refusedTimeout++;
      expired.add(head);
      unlink(head);
    }
    return head == null ? Long.MAX_VALUE : queue.remaining(head, now);
  }

  long oldestWait(long now) {
    return head == null ? 0 : now - head.arrival;
  }

  private Failure refusal() {
    if (blocked != null) {
      return blocked;
    }
    if (queue.full()) {
      queue.refusedFull++;
      return queue.isFull();
    }
    return null;
  }

  private Failure refusalAgain(Ticket<S> ticket) {
    if (blocked != null) {
      return blocked;
    }
    if (queue.expired(ticket)) {
      queue.refusedTimeout++;
      return queue.timedOut();
    }
    return null;
  }

  /**
   * An idle slot of the least busy worker, made busy; null where none is idle. Linear in the
   * workers of a lane, which are few, and free of upkeep on every release.
   */
  private Slot<S> takeIdle(Ticket<S> ticket) {
    Worker<S> best = null;
    int index = -1;
    for (int i = 0; i < workers.size(); i++) {
      Worker<S> worker = workers.get(i);
      if (worker.idle.isEmpty() || worker.asking != null) {
        continue;
      }
      if (best == null || worker.busy < best.busy) {
        best = worker;
        index = worker.idleOf(ticket.affinity);
      } else if (worker.busy == best.busy && index < 0) {
        int near = worker.idleOf(ticket.affinity);
        best = near < 0 ? best : worker;
        index = near;
      }
    }
    if (best == null) {
      return null;
    }
    Slot<S> slot = best.idle.remove(index < 0 ? best.idle.size() - 1 : index);
    busy(slot);
    ticket.state = Ticket.State.OUT;
    return slot;
  }

  /** In order of arrival: at the tail, but for those who are put back. */
  private boolean enqueue(Ticket<S> ticket) {
    ticket.state = Ticket.State.WAITING;
    Ticket<S> before = tail != null && tail.sequence < ticket.sequence ? tail : earlier(ticket);
    Ticket<S> after = before == null ? head : before.next;
    ticket.previous = before;
    ticket.next = after;
    if (before == null) {
      head = ticket;
    } else {
      before.next = ticket;
    }
    if (after == null) {
      tail = ticket;
    } else {
      after.previous = ticket;
    }
    waiting++;
    queue.waiting++;
    return queue.mustWatch();
  }

  /** The last one before it, searched from the head, where it belongs. */
  private Ticket<S> earlier(Ticket<S> ticket) {
    Ticket<S> before = null;
    for (Ticket<S> t = head; t != null && t.sequence < ticket.sequence; t = t.next) {
      before = t;
    }
    return before;
  }

  private void unlink(Ticket<S> ticket) {
    if (ticket.previous == null) {
      head = ticket.next;
    } else {
      ticket.previous.next = ticket.next;
    }
    if (ticket.next == null) {
      tail = ticket.previous;
    } else {
      ticket.next.previous = ticket.previous;
    }
    ticket.previous = null;
    ticket.next = null;
    ticket.state = Ticket.State.OUT;
    waiting--;
    queue.waiting--;
  }

  private void takeAll(List<Ticket<S>> taken) {
    while (head != null) {
      taken.add(head);
      unlink(head);
    }
  }

  /**
   * Notes that the worker of a busy slot has no thread for it.
   *
   * @return the slot that is to ask: this one, or null where another one does
   */
  private Slot<S> markFull(Slot<S> slot) {
    Worker<S> worker = slot.worker;
    if (slot.state == Slot.State.GONE || worker.retired) {
      drop(slot);
      return null;
    }
    if (worker.asking != null) {
      idle(slot);
      return null;
    }
    asking(slot);
    return slot;
  }

  /** An idle slot of a worker that nobody asks, made to ask; null where none is idle. */
  private Slot<S> nextAsker(Worker<S> worker) {
    if (worker.idle.isEmpty()) {
      return null;
    }
    Slot<S> slot = worker.idle.removeLast();
    asking(slot);
    return slot;
  }

  private void asking(Slot<S> slot) {
    release(slot);
    slot.state = Slot.State.ASKING;
    slot.worker.asking = slot;
  }

  private void idle(Slot<S> slot) {
    release(slot);
    slot.state = Slot.State.IDLE;
    slot.worker.idle.add(slot);
  }

  private void release(Slot<S> slot) {
    if (slot.state == Slot.State.BUSY) {
      slot.worker.busy--;
      queue.busy--;
    } else if (slot.state == Slot.State.NEW) {
      queue.slots++;
    }
  }

  private void busy(Slot<S> slot) {
    if (slot.state == Slot.State.NEW) {
      queue.slots++;
    }
    if (slot.state != Slot.State.BUSY) {
      slot.worker.busy++;
      queue.busy++;
    }
    slot.state = Slot.State.BUSY;
    queue.granted++;
  }

  private void drop(Slot<S> slot) {
    switch (slot.state) {
      case IDLE -> slot.worker.idle.remove(slot);
      case ASKING -> {
        if (slot.worker.asking == slot) {
          slot.worker.asking = null;
        }
      }
      case BUSY -> {
        slot.worker.busy--;
        queue.busy--;
      }
      case NEW, GONE -> {}
    }
    if (slot.state != Slot.State.NEW && slot.state != Slot.State.GONE) {
      queue.slots--;
    }
    slot.state = Slot.State.GONE;
  }

  // Without it.

  private void ask(Slot<S> asker) {
    if (asker == null) {
      return;
    }
    long waited;
    synchronized (queue.lock) {
      waited = oldestWait(queue.now());
    }
    asker.ask.accept(waited);
  }

  private void settle(Ticket<S> ticket, Slot<S> slot, Failure refusal, boolean watch) {
    if (slot != null) {
      ticket.waiter.granted(slot);
    } else if (refusal != null) {
      ticket.waiter.refused(refusal);
    } else if (watch) {
      queue.watch();
    }
  }
}
