/*
 * Requests of two gateways for the threads of one worker. At a gateway: submit, putBack, cancel and offer of
 * dispatch/Lane.java; start, whole and refused of daemon/WorkerConnection.java; clientLeft and again of
 * daemon/DaemonRequest.java. In the worker: _wait, _attend, _step and _answer of kubewsgi/worker.py; take,
 * release and _lead_once of kubewsgi/crew.py. Each is an inline, a process or a label of its name.
 *
 * The worker has two threads; one gateway has both of its slots, the other has opened the first of its. So
 * there is a slot too many, and the worker answers `busy`. A request of the first gateway may be cancelled.
 * That each request ends, though others are told `busy` and come again, is proved with a worker of one thread.
 *
 * Abstracted:
 *  - A section under the queue's lock is one atomic step. That the slot's connection is told of a request
 *    is part of it: nobody but that connection can see whether it has been.
 *  - Each connection is a process, though some share an event loop. A slot's pause after `busy` is as long
 *    as it may be.
 *  - A client that leaves while a worker has its request breaks the connection off; here that request is
 *    answered. Connections do not end: drain.pml has that.
 *  - A whole request is one message, and so is its answer. epoll reports one connection at a time, and what
 *    has come twice on one before that is reported once (EPOLLET). That a body which comes later is reported
 *    again is left out: a slot is taken then for the moment in which nothing is found, and somebody may be
 *    told `busy` though a thread is idle. Such moments could follow each other for ever only in step with the
 *    pauses of the gateways.
 *  - The lead of the worker's crew passes to somebody whenever it is laid down, and each connection has a
 *    thread of its own to attend to it. In truth there is one thread more than slots, and who has none waits
 *    for one; lead.pml has how they take turns.
 *  - The length of the queue, other application groups, and the choice between workers.
 *
 * FIRST and SECOND are how many requests each gateway has.
 *
 * explored: FIRST=2 SECOND=1 CLIENT_LEAVES
 * explored: FIRST=3 SECOND=1; finds putBack_at_tail
 * explored: THREADS=1 FIRST=1 SECOND=1 FAIR; finds leader_only_refuses
 */

#ifndef THREADS
#define THREADS 2
#endif
#define CONNECTIONS 3
#define REQUESTS (FIRST + SECOND)
#define ALL ((1 << REQUESTS) - 1)
#define NONE 15

mtype = { NO, ANSWER, BUSY, SERVE, REFUSE };

/* Of the gateways. Requests are numbered as they arrive; those of the second gateway come after. */
chan queue[2] = [REQUESTS] of { byte };
byte idle; /* a bit for each connection whose slot is idle */
byte started[CONNECTIONS] = NONE; /* what a connection is to run */
byte gone; /* a bit for each request whose client has left */

/* Between a gateway and the worker. */
byte requests[CONNECTIONS] = NONE;
mtype answers[CONNECTIONS] = NO;
bool event[CONNECTIONS]; /* epoll's */

/* Of the worker. */
byte slots = THREADS;
mtype attends[CONNECTIONS] = NO; /* `claim`, and what for */
bool again[CONNECTIONS];
bool slot[CONNECTIONS];

/* Only for what is proved: bits for requests. */
byte waits;
byte ran;
byte ended;
byte running; /* in application code */

#define GATEWAY(connection) (connection / 2)
#define IDLE(gateway) (idle & (3 << 2 * gateway))
#define OF(gateway) (gateway * ALL ^ (1 << FIRST) - 1)

/* The INVARIANT of DispatchQueue, at the end of every section under the lock. */
inline exact(gateway) {
  assert(IDLE(gateway) == 0 || len(queue[gateway]) == 0) /* no request waits beside an idle slot */
}

inline granted(request, connection) {
  assert((waits & OF(GATEWAY(connection)) & ((1 << request) - 1)) == 0); /* a request is granted a slot before younger ones of its gateway */
  started[connection] = request
}

inline enqueue(request, gateway) {
  queue[gateway]!!request; /* sorted */
  waits = waits | (1 << request)
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
    takeIdle(gateway, connection);
    if
    :: connection != NONE -> granted(request, connection)
    :: else -> enqueue(request, gateway)
    fi;
    exact(gateway);
    connection = NONE
  }
}

inline putBack(request, gateway, connection) {
  atomic {
#ifndef MUTATION_putBack_takes_no_idle_slot
    takeIdle(gateway, connection);
#endif
    if
    :: connection != NONE -> granted(request, connection)
#ifdef MUTATION_putBack_at_tail
    :: else -> queue[gateway]!request; waits = waits | (1 << request)
#else
    :: else -> enqueue(request, gateway)
#endif
    fi;
    exact(gateway);
    connection = NONE
  }
}

inline offer(gateway, request) {
  if
#ifdef MUTATION_offer_does_not_look
  :: false
#else
  :: len(queue[gateway]) > 0 ->
    queue[gateway]?request;
    waits = waits & ~(1 << request);
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
      started[me] != NONE;
      request = started[me];
      started[me] = NONE;
      if
      :: gone & (1 << request) -> ends(request); offer(gateway, request)
      :: else -> requests[me] = request; event[me] = true
      fi
    }
  :: atomic { answers[me] == ANSWER -> answers[me] = NO; ends(request); offer(gateway, request) }
  :: atomic {
      answers[me] == BUSY ->
      answers[me] = NO;
      if
      :: gone & (1 << request) -> ends(request); goto pause
      :: else
      fi
    }
    putBack(request, gateway, connection);
pause:
    atomic { offer(gateway, request) }
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
      if
#ifdef MUTATION_leader_only_refuses
      :: false
#else
      :: slots > 0 -> slots--; slot[connection] = true; attends[connection] = SERVE; connection = NONE
#endif
      :: else -> attends[connection] = REFUSE
      fi
    }
    atomic {
      connection == NONE || attends[connection] != REFUSE -> /* who refuses keeps the lead */
      connection = NONE
    }
  od
}

inline release() {
  if
#ifdef MUTATION_slot_not_released
  :: slot[me] -> slot[me] = false
#else
  :: slot[me] -> slots++; slot[me] = false
#endif
  :: else
  fi
}

#ifdef MUTATION_run_without_slot
#define HAS_SLOT true
#else
#define HAS_SLOT slot[me]
#endif

/* The thread that attends to a connection: _attend, _step and _answer. */
proctype Attendant(byte me) {
  mtype how = NO;
endFree:
  do
  :: attends[me] != NO && again[me] ->
    atomic {
#ifndef MUTATION_again_reset_after_step
      again[me] = false;
#endif
      if
      :: attends[me] == SERVE && !slot[me] && slots > 0 -> slots--; slot[me] = true
      :: else
      fi
    }
    if /* step */
    :: atomic {
        requests[me] != NONE && HAS_SLOT ->
        assert((ran & (1 << requests[me])) == 0); /* a request is run once */
        ran = ran | (1 << requests[me]);
        requests[me] = NONE;
        running++;
        assert(running <= THREADS) /* no more requests are run at once than there are threads */
      }
      atomic { running--; release() }
      answers[me] = ANSWER
    :: atomic { requests[me] != NONE && !HAS_SLOT -> requests[me] = NONE; answers[me] = BUSY }
    :: requests[me] == NONE
    fi;
#ifdef MUTATION_again_reset_after_step
    again[me] = false;
#endif
  :: attends[me] != NO && !again[me] ->
    atomic { release(); how = attends[me] }
    attends[me] = NO;
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
