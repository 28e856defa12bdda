/*
 * Requests of two gateways for the threads of one worker. At a gateway: submit, putBack, turn, cancel, offer and
 * discard of dispatch/Lane.java; start, ask, whole and refused of daemon/WorkerConnection.java; clientLeft and again of
 * daemon/DaemonRequest.java. In the worker: _wait, _attend, _step, _answer and _turn of kubewsgi/worker.py; take,
 * keep, ask, release, leave, take_back and _settle of kubewsgi/slots.py; _lead_once of kubewsgi/crew.py. Each is an
 * inline, a process or a label of its name.
 *
 * One gateway has two connections, the other one. So there is one too many for the worker's two threads, or two
 * for its one, and the worker answers `busy`: the gateway asks on that connection for the next thread, and the
 * worker keeps one for it. A request of the first gateway may be cancelled.
 *
 * Abstracted:
 *  - A section under the queue's lock, or under that of the worker's slots, is one atomic step.
 *  - Each connection is a process, though some share an event loop.
 *  - A client that leaves while a worker has its request breaks the connection off; here that request is
 *    answered. Only a connection that runs no request may end, with what it asks for or is kept for it:
 *    drain.pml has the others.
 *  - A whole request is one message, and so is its answer. epoll reports one connection at a time, and what
 *    has come twice on one before that is reported once (EPOLLET). That a body which comes later is reported
 *    again is left out: a slot is taken then for the moment in which nothing is found, or kept on for the
 *    rest of a head (Slots.hold).
 *  - The lead of the worker's crew passes to somebody whenever it is laid down, and each connection has a
 *    thread of its own to attend to it. In truth there is one thread more than slots, and who has none waits
 *    for one; lead.pml has how they take turns.
 *  - Which of those who ask has waited longest: any of them may get the thread.
 *  - A thread that is kept too long is taken back at any time, but once.
 *  - The length of the queue, other application groups, and the choice between workers.
 *
 * FIRST and SECOND are how many requests each gateway has.
 *
 * explored: THREADS=1 FIRST=2 SECOND=1
 * explored: THREADS=1 FIRST=1 SECOND=1 CLIENT_LEAVES; finds turn_kept_for_the_gone cancel_does_not_look turn_not_passed
 * explored: THREADS=2 FIRST=2 SECOND=1; finds run_without_slot
 * explored: THREADS=1 FIRST=1 SECOND=1 ENDS; finds discard_asks_no_more leave_forgets_kept
 * explored: THREADS=1 FIRST=1 SECOND=1 TAKES_BACK FAIR
 */

#define CONNECTIONS 3
#define REQUESTS (FIRST + SECOND)
#define ALL ((1 << REQUESTS) - 1)
#define ASK 13
#define PASS 14
#define NONE 15

mtype = { NO, ANSWER, BUSY, KEPT, PASSED, SERVE, REFUSE };

/* Of the gateways. Requests are numbered as they arrive; those of the second gateway come after. */
chan queue[2] = [REQUESTS] of { byte };
byte idle; /* a bit for each connection whose slot is idle */
byte asker[2] = NONE; /* the connection that asks for a thread: the worker is full */
byte started[CONNECTIONS] = NONE; /* what a connection is to run */
bool asks[CONNECTIONS]; /* it is to ask */
bool holds[CONNECTIONS]; /* the worker keeps a thread for it */
bool runs[CONNECTIONS]; /* a request is on it */
bool dead; /* the first connection */
byte gone; /* a bit for each request whose client has left */

/* Between a gateway and the worker. */
byte requests[CONNECTIONS] = NONE; /* or ASK, or PASS */
mtype answers[CONNECTIONS] = NO;
bool event[CONNECTIONS]; /* epoll's */

/* Of the worker. */
byte slots = THREADS; /* that are free */
bool asking[CONNECTIONS];
bool kept[CONNECTIONS];
mtype attends[CONNECTIONS] = NO; /* `claim`, and what for */
bool again[CONNECTIONS];
bool slot[CONNECTIONS];

/* Only for what is proved: bits for requests. */
byte waits;
byte ran;
byte ended;
byte running; /* in application code */

#define ALIVE (me != 0 || !dead)
#define GATEWAY(connection) (connection / 2)
#define IDLE(gateway) (idle & (3 << 2 * gateway))
#define OF(gateway) (gateway * ALL ^ (1 << FIRST) - 1)

/* The INVARIANT of DispatchQueue, at the end of every section under the lock. */
inline exact(gateway) {
  assert(asker[gateway] != NONE || IDLE(gateway) == 0 || len(queue[gateway]) == 0) /* no request waits beside an idle slot of a worker that is not full */
}

inline granted(request, connection) {
  assert((waits & OF(GATEWAY(connection)) & ((1 << request) - 1)) == 0); /* a request is granted a slot before younger ones of its gateway */
  started[connection] = request
}

inline enqueue(request, gateway) {
  queue[gateway]!!request; /* sorted */
  waits = waits | (1 << request)
}

inline dequeue(request, gateway) {
  queue[gateway]?request;
  waits = waits & ~(1 << request)
}

inline ends(request) {
  assert((ended & (1 << request)) == 0); /* a request ends once */
  ended = ended | (1 << request)
}

inline takeIdle(gateway, connection) {
  if
  :: IDLE(gateway) == 0
  :: IDLE(gateway) & 1 -> connection = 0
  :: IDLE(gateway) & 2 -> connection = 1
  :: IDLE(gateway) & 4 -> connection = 2
  fi;
  if
  :: connection != NONE -> idle = idle & ~(1 << connection)
  :: else
  fi
}

inline submit(request, gateway, connection) {
  atomic {
    if
#ifndef MUTATION_submit_to_full_worker
    :: asker[gateway] != NONE
#endif
    :: else -> takeIdle(gateway, connection)
    fi;
    if
    :: connection != NONE -> granted(request, connection)
    :: else -> enqueue(request, gateway)
    fi;
    exact(gateway);
    connection = NONE
  }
}

/* After `busy`. There is no other worker, so that it waits. */
inline putBack(request, gateway) {
  if
  :: asker[gateway] == NONE -> asker[gateway] = me; asks[me] = true
  :: else -> idle = idle | (1 << me)
  fi;
#ifdef MUTATION_putBack_at_tail
  queue[gateway]!request; waits = waits | (1 << request);
#else
  enqueue(request, gateway);
#endif
  exact(gateway)
}

/* The worker keeps a thread for this connection. */
inline turn(gateway, request, connection) {
  if
  :: asker[gateway] == me -> asker[gateway] = NONE
  :: else
  fi;
  if
  :: len(queue[gateway]) > 0 ->
    dequeue(request, gateway);
    granted(request, me);
    if
#ifndef MUTATION_turn_asks_no_more
    :: len(queue[gateway]) > 0 && asker[gateway] == NONE ->
      takeIdle(gateway, connection);
      if
      :: connection != NONE -> asker[gateway] = connection; asks[connection] = true
      :: else
      fi
#endif
    :: else
    fi
#ifdef MUTATION_turn_not_passed
  :: else -> idle = idle | (1 << me)
#else
  :: else -> holds[me] = false; requests[me] = PASS; event[me] = true
#endif
  fi;
  exact(gateway);
  connection = NONE;
  request = NONE
}

inline offer(gateway, request) {
  if
#ifdef MUTATION_offer_does_not_look
  :: false
#else
  :: len(queue[gateway]) > 0 && asker[gateway] == NONE ->
    dequeue(request, gateway);
    granted(request, me)
#endif
  :: else -> idle = idle | (1 << me)
  fi;
  exact(gateway);
  request = NONE
}

proctype Connection(byte me) {
  byte gateway = GATEWAY(me);
  byte request = NONE;
  byte connection = NONE;

  atomic { offer(gateway, request) };
endIdle:
  do
  :: atomic {
      started[me] != NONE && ALIVE;
      request = started[me];
      started[me] = NONE;
      if
#ifdef MUTATION_turn_kept_for_the_gone
      :: gone & (1 << request) -> ends(request); offer(gateway, request)
#else
      :: gone & (1 << request) && holds[me] -> ends(request); turn(gateway, request, connection)
      :: gone & (1 << request) && !holds[me] -> ends(request); offer(gateway, request)
#endif
      :: else -> holds[me] = false; runs[me] = true; requests[me] = request; event[me] = true
      fi
    }
  :: atomic { asks[me] && ALIVE -> asks[me] = false; requests[me] = ASK; event[me] = true }
  :: atomic { answers[me] == ANSWER -> answers[me] = NO; runs[me] = false; ends(request); offer(gateway, request) }
  :: atomic { answers[me] == PASSED && ALIVE -> answers[me] = NO; offer(gateway, request) }
  :: atomic { answers[me] == KEPT && ALIVE -> answers[me] = NO; holds[me] = true; turn(gateway, request, connection) }
  :: atomic {
      answers[me] == BUSY ->
      answers[me] = NO;
      runs[me] = false;
      if
      :: gone & (1 << request) -> ends(request); offer(gateway, request)
      :: else -> putBack(request, gateway)
      fi
    }
  od
}

proctype EventLoop(byte gateway, request, last) {
  byte connection = NONE;
  do
  :: request < last -> submit(request, gateway, connection); request++
  :: else -> break
  od
}

/* Of a request of the first gateway. What expires leaves the queue in the same way. */
proctype ClientLeft() {
  byte request = FIRST - 1;
  gone = gone | (1 << request);
  atomic { /* cancel */
    if
#ifdef MUTATION_cancel_does_not_look
    :: true ->
#else
    :: waits & (1 << request) ->
#endif
      if
      :: queue[0]??[eval(request)] -> queue[0]??eval(request)
      :: else
      fi;
      waits = waits & ~(1 << request);
      ends(request)
    :: else
    fi
  }
}

/* Slots.take, in the steps between which others can go on. */
inline take(connection) {
  if
#ifdef MUTATION_take_forgets_kept
  :: false
#else
  :: atomic { kept[connection] -> kept[connection] = false; slot[connection] = true }
#endif
  :: else ->
    if
    :: asking[0] || asking[1] || asking[2]
    :: else ->
      atomic {
        if
        :: slots > 0 -> slots--; slot[connection] = true
        :: else
        fi
      }
    fi
  fi
}

/* Slots._settle */
inline settle(connection) {
  atomic {
    do
    :: slots > 0 && (asking[0] || asking[1] || asking[2]) ->
      if
      :: asking[0] -> connection = 0
      :: asking[1] -> connection = 1
      :: asking[2] -> connection = 2
      fi;
      slots--;
      asking[connection] = false;
      kept[connection] = true;
      answers[connection] = KEPT
    :: else -> break
    od;
    connection = NONE
  }
}

/* Slots.release */
inline release(connection, any) {
  if
  :: slot[connection] ->
#ifdef MUTATION_slot_not_released
    slot[connection] = false;
#else
    atomic { slots++; slot[connection] = false };
#endif
#ifndef MUTATION_release_does_not_settle
    settle(any)
#endif
  :: else
  fi
}

/* _wait and _lead_once. */
proctype Leader() {
  byte connection = NONE;
endWait:
  do
  :: atomic {
      if
      :: event[0] -> connection = 0
      :: event[1] -> connection = 1
      :: event[2] -> connection = 2
      fi;
      event[connection] = false;
      again[connection] = true;
      if
      :: attends[connection] != NO -> connection = NONE; goto endWait
      :: else
      fi;
      attends[connection] = BUSY /* claimed */
    }
    take(connection);
    atomic {
      if
      :: slot[connection] -> attends[connection] = SERVE; connection = NONE
      :: else -> attends[connection] = REFUSE
      fi
    }
    atomic {
      connection == NONE || attends[connection] != REFUSE -> /* who refuses keeps the lead */
      connection = NONE
    }
  od
}

#ifdef MUTATION_run_without_slot
#define HAS_SLOT true
#else
#define HAS_SLOT slot[me]
#endif

/* The thread that attends to a connection: _attend, _step, _answer and _turn. */
proctype Attendant(byte me) {
  mtype how = NO;
  byte any = NONE;
endFree:
  do
  :: (attends[me] == SERVE || attends[me] == REFUSE) && again[me] ->
#ifndef MUTATION_again_reset_after_step
    again[me] = false;
#endif
    if
    :: attends[me] == SERVE && !slot[me] -> take(me)
    :: else
    fi;
    if /* step */
    :: requests[me] < REQUESTS && HAS_SLOT ->
      atomic {
        assert((ran & (1 << requests[me])) == 0); /* a request is run once */
        ran = ran | (1 << requests[me]);
        requests[me] = NONE;
        running++;
        assert(running <= THREADS) /* no more requests are run at once than there are threads */
      }
      atomic { running-- };
      release(me, any);
      answers[me] = ANSWER
    :: requests[me] < REQUESTS && !HAS_SLOT ->
      atomic { requests[me] = NONE; answers[me] = BUSY }
    :: requests[me] == ASK && slot[me] -> /* keep */
      atomic { requests[me] = NONE; slot[me] = false; kept[me] = true; answers[me] = KEPT }
    :: requests[me] == ASK && !slot[me] ->
      atomic { requests[me] = NONE; asking[me] = true };
#ifndef MUTATION_ask_does_not_settle
      settle(any)
#endif
    :: requests[me] == PASS ->
      requests[me] = NONE;
      release(me, any);
      answers[me] = PASSED
    :: requests[me] == NONE
    fi;
#ifdef MUTATION_again_reset_after_step
    again[me] = false;
#endif
  :: (attends[me] == SERVE || attends[me] == REFUSE) && !again[me] ->
    release(me, any);
    atomic { how = attends[me]; attends[me] = NO };
#ifndef MUTATION_no_look_after_release
    atomic {
      if
      :: again[me] && attends[me] == NO -> attends[me] = how
      :: else
      fi;
      how = NO
    }
#endif
  od
}

/* The end of the first connection: Lane.discard, and Slots.leave when the worker has seen it. */
proctype Ends() {
  byte any = NONE;
  if
  :: atomic {
      !runs[0] && started[0] == NONE && (idle & 1 || asks[0] || asker[0] == 0 || holds[0]) ->
      dead = true;
      idle = idle & ~1;
      asks[0] = false;
      holds[0] = false;
      requests[0] = NONE;
      answers[0] = NO;
      if
      :: asker[0] == 0 ->
        asker[0] = NONE;
        if
#ifndef MUTATION_discard_asks_no_more
        :: idle & 2 -> idle = idle & ~2; asker[0] = 1; asks[1] = true
#endif
        :: else
        fi
      :: else
      fi;
      exact(0)
    }
  :: true -> goto neverEnds
  fi;
  atomic {
    attends[0] == NO -> /* the claim */
    asking[0] = false;
#ifndef MUTATION_leave_forgets_kept
    if
    :: kept[0] -> kept[0] = false; slots++
    :: else
    fi
#endif
  };
  settle(any);
neverEnds:
}

/* Slots.take_back: its gateway does nothing with it. */
proctype TakeBack() {
  byte any = NONE;
  if
  :: atomic { kept[0] -> kept[0] = false; slots++ }
  :: atomic { kept[2] -> kept[2] = false; slots++ }
  :: true -> goto neverKept
  fi;
  settle(any);
neverKept:
}

init {
  atomic {
    run Connection(0);
    run Connection(1);
    run Connection(2);
    run EventLoop(0, 0, FIRST);
    run EventLoop(1, FIRST, REQUESTS);
#ifdef CLIENT_LEAVES
    run ClientLeft();
#endif
#ifdef TAKES_BACK
    run TakeBack();
#endif
#ifdef ENDS
    run Ends();
#endif
    run Leader();
    run Attendant(0);
    run Attendant(1);
    run Attendant(2)
  }
  timeout; /* nothing moves any more */
  assert(ended == ALL); /* every request ends */
  assert(slots == THREADS) /* every slot is given back */
}

#ifdef FAIR
ltl everyRequestEnds { <> (ended == ALL) }
#endif
