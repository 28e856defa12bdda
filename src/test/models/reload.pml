/*
 * An application group in embedded mode over its revisions: handle, revisionFor, apply, supersede,
 * loadEnded, loadFailed, retire and stop of embedded/EmbeddedApplication.java; offer, drain, giveUp and
 * refuseAll of EmbeddedInterpreter. Each is an inline or a process of its name.
 *
 * The first revision has one script; the second, which has another one beside it, and the third come as
 * soon as they like, and each loads or fails to. A request for either script comes on an event loop of its
 * own, that for the second script once the table that names it is there. In the end the application is
 * stopped.
 *
 * Abstracted:
 *  - What is under a crew's lock is one atomic step; crew.pml has the crew. That its queue is full, and that
 *    requests in it expire, is left out.
 *  - What is synchronized excludes others of its kind; handle is not, and sees each write to `starting`,
 *    `serving`, `failure` and to a crew as a step of its own.
 *  - A load has one outcome, whoever completes the future: the thread that loads, or the timer.
 *  - An interpreter serves one request at a time, in any order.
 *  - A script that takes the place of another that was alone, which then answers for it meanwhile.
 *  - An interpreter whose threads are all lost to requests that cannot be ended, and what waited in it.
 */

#define REVISIONS 3
#define NONE 0

/* Of EmbeddedApplication. Revisions are numbered from 1. */
bool monitor;
byte starting;
byte serving;
bool failure;
bool stopped;
byte draining; /* a bit for each revision */

/* Of EmbeddedInterpreter: bits for revisions, but for the queue. */
byte begun;
byte closed;
byte waiting[REVISIONS + 1]; /* a bit for each request */

/* Only for what is proved. */
byte applied; /* the newest revision that the table names */
byte ended; /* a bit for each request */
byte over; /* a bit for each revision whose interpreter has ended */
bool secondFailed; /* a revision with the second script could not be loaded */

#define BIT(number) (1 << number)
#define ALL 3
#define IS_CLOSED(revision) (closed & BIT(revision))
#define HAS(revision, isFirst) (isFirst || revision > 1)

inline ends(request) {
  assert((ended & BIT(request)) == 0); /* a request ends once */
  ended = ended | BIT(request)
}

/* With drain. */
inline retire(old) {
  if
  :: old != NONE && !(draining & BIT(old)) ->
    draining = draining | BIT(old);
    closed = closed | BIT(old)
  :: else
  fi
}

inline apply(next, old) {
  atomic {
    !monitor ->
    monitor = true;
    old = starting;
#ifdef MUTATION_close_before_another_starts
    if
    :: old != serving -> retire(old)
    :: else
    fi
  }
  starting = next;
#else
    starting = next
  }
#endif
  atomic {
    if
    :: old != serving -> retire(old)
    :: else
    fi;
    old = NONE;
    if
    :: serving == NONE -> serving = next
    :: else
    fi;
    begun = begun | BIT(next);
    monitor = false
  }
}

inline loadEnded(revision, old) {
  atomic {
    !monitor ->
    if
    :: revision == starting && !stopped -> monitor = true; old = serving
    :: else -> goto served
    fi
  }
#ifdef MUTATION_retire_before_swap
  atomic {
    if
    :: old != revision -> retire(old)
    :: else
    fi
  }
#endif
#ifdef MUTATION_starting_reset_before_swap
  starting = NONE;
  serving = revision;
#else
  serving = revision;
  starting = NONE;
#endif
  failure = false;
  atomic {
    if
    :: old != revision -> retire(old)
    :: else
    fi;
    old = NONE;
    monitor = false
  }
served:
}

inline loadFailed(revision) {
  atomic {
    !monitor ->
    if
#ifdef MUTATION_failure_of_what_serves_forgotten
    :: revision == starting -> failure = true; monitor = true
#else
    :: revision == starting || revision == serving -> failure = true; monitor = true
#endif
    :: else -> goto told
    fi
  }
  atomic {
    if
    :: revision == starting -> starting = NONE
    :: else
    fi;
    monitor = false
  }
told:
}

inline refuseAll(revision) {
  closed = closed | BIT(revision);
  d_step {
    assert((ended & waiting[revision]) == 0); /* a request ends once */
    ended = ended | waiting[revision];
    waiting[revision] = 0
  }
}

/* The first thread of one: it loads, then serves. */
proctype Interpreter(byte me) {
  byte old;

  begun & BIT(me);
  if
  :: loadEnded(me, old)
  :: secondFailed = secondFailed || me > 1; /* giveUp */
#ifdef MUTATION_refused_before_it_is_told
    refuseAll(me);
    loadFailed(me)
#else
    loadFailed(me);
    refuseAll(me)
#endif
  fi;
endServing:
  do
  :: atomic { waiting[me] & BIT(0) -> waiting[me] = waiting[me] & ~BIT(0); ends(0) } /* for the first script */
  :: atomic {
      waiting[me] & BIT(1) -> waiting[me] = waiting[me] & ~BIT(1); ends(1); /* for the second */
      assert(HAS(me, false) || secondFailed) /* a request meets a revision without its script only if none with it could be loaded */
    }
  :: atomic { IS_CLOSED(me) && waiting[me] == 0 -> over = over | BIT(me); break }
  od
}

inline revisionFor(isFirst, now, next) {
#ifdef MUTATION_serving_read_before_starting
  now = serving;
  next = starting;
#else
  next = starting;
  now = serving;
#endif
  d_step {
    now = (next == NONE || HAS(now, isFirst) || !HAS(next, isFirst) -> now : next);
    next = NONE
  }
}

/* handle. What it leaves in variables at its end is the same each time, for the sake of fewer states. */
proctype EventLoop(byte request, least; bool isFirst) {
  byte target, next, now;
  bool cause;

  applied >= least;
  revisionFor(isFirst, target, next);
  do
  :: atomic {
      !IS_CLOSED(target) ->
      assert((over & BIT(target)) == 0); /* an interpreter that has ended takes nothing */
      waiting[target] = waiting[target] | BIT(request);
      break
    }
  :: IS_CLOSED(target) ->
#ifndef MUTATION_reason_read_last
    cause = failure;
#endif
#ifdef MUTATION_retry_only_what_serves
    now = serving;
#else
#ifdef MUTATION_no_retry
    now = target;
#else
    revisionFor(isFirst, now, next);
#endif
#endif
    if
    :: now == target ->
#ifdef MUTATION_reason_read_last
      cause = failure;
#endif
      atomic {
        assert(cause || stopped); /* a request is told that the application ends only when it does */
        ends(request);
        break
      }
    :: now != target -> d_step { target = now; now = NONE; cause = false }
    fi
  od;
  atomic { target = NONE; now = NONE; cause = false }
}

/* Gateway.apply, three times, and the end. */
proctype Reloads() {
  byte next, old;
  do
  :: next < REVISIONS -> next++; apply(next, old); applied = next
  :: else -> break
  od;
  atomic { !monitor -> monitor = true; stopped = true }
  atomic {
    retire(starting);
    retire(serving);
    monitor = false
  }
}

init {
  atomic {
    run Reloads();
    run Interpreter(1);
    run Interpreter(2);
    run Interpreter(3);
    run EventLoop(0, 1, true);
    run EventLoop(1, 2, false)
  }
  timeout; /* nothing moves any more */
  assert(ended == ALL); /* every request is served or refused */
  assert((draining & ~over) == 0) /* every revision that was retired has ended */
}
