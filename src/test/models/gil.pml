/*
 * The GIL between interpreters: embedded/Gil.java, and of EmbeddedInterpreter.Worker what serveTurn does
 * between two requests. Crews are not here: crew.pml has them.
 *
 * Three threads that never stop: each takes the GIL, runs requests, and after any of them goes on, gives
 * the GIL up, or hands it over where somebody wants it.
 *
 * Abstracted:
 *  - `taken` counts there; here it is a bit for each thread, whether it has grown since that thread read it.
 *  - Time: a turn may be over after any request. A hand-over has no longest wait: without one nothing comes
 *    to a standstill either. It is there for threads that CPython lets in again and again before others.
 *  - A request gives the GIL up in its middle, as CPython's forced switch makes it do, or keeps it.
 */

#define THREADS 3
#define NOBODY 7

byte gil = NOBODY;
byte waiting;
byte taken;

/* Only for what is proved: which threads hand over, and whether another has had the GIL meanwhile. */
byte handing; /* a bit for each thread */
byte attached; /* the same */

/* PyEval_RestoreThread. */
inline attach() {
  atomic {
    gil == NOBODY;
    gil = me;
    attached = attached | handing
  }
}

/* PyEval_SaveThread. */
inline detach() {
  assert(gil == me); /* a thread gives up only what it has */
  gil = NOBODY
}

inline take() {
  waiting++;
#ifdef MUTATION_unwanted_before_attach
  waiting--;
#endif
#ifdef MUTATION_taken_before_attach
  taken = taken | handing;
#endif
  attach();
#ifndef MUTATION_unwanted_before_attach
  waiting--;
#endif
#ifndef MUTATION_taken_before_attach
  taken = taken | handing;
#endif
}

inline handOver() {
  handing = handing | (1 << me); /* `taken` has been read */
  detach();
  waiting == 0 || (taken & (1 << me)) != 0;
  d_step {
    assert(attached & (1 << me)); /* another thread has had the GIL when a hand-over ends */
    handing = handing & ~(1 << me);
    attached = attached & ~(1 << me);
    taken = taken & ~(1 << me)
  }
}

active [THREADS] proctype Thread() {
  byte me = _pid;
  do
  :: take();
    do
    :: detach(); attach() /* of a request; one that keeps the GIL changes nothing here */
#ifdef MUTATION_hand_over_unasked
    :: handOver(); break
#else
    :: waiting > 0 -> handOver(); break
#endif
    :: detach(); break
    od
  od
}
