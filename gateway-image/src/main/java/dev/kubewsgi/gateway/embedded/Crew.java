package dev.kubewsgi.gateway.embedded;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The threads of one interpreter and the requests that wait for them, arranged around the GIL.
 *
 * <p>Only one thread can run Python at a time, and CPython takes the GIL away from a thread in the
 * middle of a request once another has waited for it for 5 ms. So of all idle threads at most one,
 * the <em>contender</em>, waits for the GIL. It takes over when the thread that runs a request
 * gives the GIL up (the request waits for something outside), or when that thread, <em>between</em>
 * two requests, hands over; until then that thread takes one request after the other.
 *
 * <p>INVARIANT: while requests wait, there is a contender, or a thread that will {@link #poll}
 * before it becomes idle, or no idle thread. Requests are taken in the order they were offered.
 *
 * <p>Modelled in src/test/models/crew.pml: change that first.
 *
 * @param <T> a request
 */
final class Crew<T> {

  /** What became of an offered request. */
  enum Offer {
    TAKEN,
    FULL,
    CLOSED
  }

  /** A thread of the crew. */
  static final class Member {
    private final Thread thread;
    private boolean isContender;
    private volatile boolean called;

    private Member(Thread thread) {
      this.thread = thread;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final int maxWaiting;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private final ArrayDeque<Member> idle = new ArrayDeque<>();
  private boolean contended;
  private boolean closed;

  /**
   * @param maxWaiting requests that may wait beyond those that an idle thread is about to take
   */
  Crew(int maxWaiting) {
    this.maxWaiting = maxWaiting;
  }

  // For whoever brings requests

  /** Puts a request at the end of the queue. Never blocks for longer than the lock is held. */
  Offer offer(T request) {
    Member contender;
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      var aboutToServe = idle.size() + (contended ? 1 : 0);
      if (waiting.size() >= maxWaiting + aboutToServe) {
        return Offer.FULL;
      }
      waiting.add(request);
      contender = callContender();
    } finally {
      lock.unlock();
    }
    wake(contender);
    return Offer.TAKEN;
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes out those at the head of the queue, as far as they match. */
  List<T> removeWhile(Predicate<T> expired) {
    var removed = new ArrayList<T>();
    lock.lock();
    try {
      while (!waiting.isEmpty() && expired.test(waiting.peek())) {
        removed.add(waiting.poll());
      }
    } finally {
      lock.unlock();
    }
    letGoIfDone();
    return removed;
  }

  /** Takes no further request. Those that wait are still served; then the threads are let go. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    letGoIfDone();
  }

  /**
   * Wakes the idle members of a crew that is closed and has nothing left. Whoever makes that so, or
   * finds it so, calls this: a member that became idle beside the last requests has no other way to
   * learn of it.
   */
  private boolean letGoIfDone() {
    List<Member> members;
    lock.lock();
    try {
      if (!closed || !waiting.isEmpty()) {
        return false;
      }
      members = new ArrayList<>(idle);
      idle.clear();
    } finally {
      lock.unlock();
    }
    members.forEach(Crew::wake);
    return true;
  }

  // For the threads

  /** Makes the calling thread a member; it must then call {@link #awaitTurn}. */
  Member join() {
    return new Member(Thread.currentThread());
  }

  /**
   * Waits until it is this thread's turn to wait for the GIL. A thread that returns from here with
   * true takes the GIL, then calls {@link #tookGil}.
   *
   * @return false: the crew is closed and nothing waits
   */
  boolean awaitTurn(Member member) {
    while (!letGoIfDone()) {
      lock.lock();
      try {
        if (!waiting.isEmpty() && !contended) {
          contended = true;
          return true;
        }
        if (closed && waiting.isEmpty()) {
          continue;
        }
        member.isContender = false;
        member.called = false;
        idle.push(member);
      } finally {
        lock.unlock();
      }
      while (!member.called) {
        LockSupport.park(this);
      }
      if (member.isContender) {
        return true;
      }
    }
    return false;
  }

  /** The contender has the GIL now: another may take its place. */
  void tookGil() {
    Member next = null;
    lock.lock();
    try {
      contended = false;
      if (waiting.size() > 1) { // This thread takes the first.
        next = callContender();
      }
    } finally {
      lock.unlock();
    }
    wake(next);
  }

  /** The next request, or null if none waits. */
  T poll() {
    lock.lock();
    try {
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a thread of this crew waits for the GIL. */
  boolean hasContender() {
    lock.lock();
    try {
      return contended;
    } finally {
      lock.unlock();
    }
  }

  private Member callContender() {
    if (contended || idle.isEmpty()) {
      return null;
    }
    contended = true;
    var contender = idle.pop();
    contender.isContender = true;
    return contender;
  }

  private static void wake(Member member) {
    if (member != null) {
      member.called = true;
      LockSupport.unpark(member.thread);
    }
  }
}
