/*
 * The end of a worker with requests on their way to it. At the gateway: start, whole, refused, finish,
 * attach and channelInactive of daemon/WorkerConnection.java; add and retire of daemon/WorkerSlots.java;
 * putBack, offer and retire of dispatch/Lane.java. At the supervisor: _drain, _tell, _give_orders, _note and
 * open_slot of kubewsgi/supervisor.py. In the worker: serve, _obey, _take, _drain, _is_done, _answer and
 * _close of kubewsgi/worker.py. Each is an inline, a process or a label of its name.
 *
 * A worker with two connections, of which the second is opened at any time, and another worker with one.
 * The first worker is to end, as its supervisor wants it so, or as it was sent SIGTERM, or it is killed.
 * Requests come at any time.
 *
 * Abstracted:
 *  - Between a gateway and a worker there is one request or one answer at a time, and after them the end of
 *    the connection, from either side.
 *  - A thread for each connection. That the worker's threads are fewer, `busy`, and the order of the queue
 *    are in dispatch.pml.
 *  - gracefulTimeout, after which a worker breaks off what still runs, never ends.
 *  - The gateway opens no further connections in place of those that end.
 *
 * explored: REQUESTS=2 SIGTERM
 * explored: REQUESTS=2 KILLED; finds lost_is_sent_again
 * explored: REQUESTS=3
 */

#define CONNECTIONS 3 /* the last is to the other worker */
#define ALL ((1 << REQUESTS) - 1)
#define NONE 7

mtype = { NO, ANSWER, REFUSED, TAKE_SLOT, DRAIN };

/* Of the gateway. Bits for connections, and for requests in the queue. */
byte waiting;
byte idle;
bool retired; /* the first worker */
byte started[CONNECTIONS] = NONE; /* what a connection is to run */
byte closing; /* connections that are to be closed as they were idle */

/* The wire. */
byte requests[CONNECTIONS] = NONE;
mtype answers[CONNECTIONS] = NO;
byte hungUp; /* connections that the gateway has ended */
byte dropped; /* and the worker */
bool asked; /* for the second connection */
mtype opened = NO; /* ANSWER: it is open; REFUSED: it will not be */
bool event; /* the supervisor's, that the first worker drains */

/* Of the supervisor and the first worker. */
bool isReady = true;
chan control = [3] of { mtype };
bool told; /* the worker's DRAINING */
byte connections = 1;
bool draining;
bool ordered;
bool woken;
bool exited;

#ifdef MUTATION_worker_ends_at_once
#define IS_DONE draining
#else
#ifdef MUTATION_worker_ends_without_an_order
#define IS_DONE (draining && connections == 0)
#else
#define IS_DONE (ordered && connections == 0)
#endif
#endif

#ifdef MUTATION_worker_hangs_up_when_it_drains
#define HUNG_UP (draining || (hungUp & BIT(me)))
#else
#define HUNG_UP (hungUp & BIT(me))
#endif

/* Only for what is proved. */
byte ran; /* bits for requests */
byte ended;
byte running; /* in application code of the first worker */
bool killed;

#define BIT(number) (1 << number)
#define OURS(connection) (connection < 2)

inline ends(request) {
  assert((ended & BIT(request)) == 0); /* a request ends once */
  ended = ended | BIT(request)
}

/* submit and putBack. */
inline enqueue(request) {
  if
  :: idle & BIT(2) -> idle = idle & ~BIT(2); started[2] = request
  :: idle & BIT(1) -> idle = idle & ~BIT(1); started[1] = request
  :: idle & BIT(0) -> idle = idle & ~BIT(0); started[0] = request
  :: idle == 0 -> waiting = waiting | BIT(request)
  fi;
  request = NONE
}

inline hangUp() { hungUp = hungUp | BIT(me) }

/* offer; where the worker is retired the connection is closed, and this process ends. */
inline offer() {
  if
#ifndef MUTATION_offer_though_retired
  :: OURS(me) && retired -> hangUp(); goto closed
#endif
  :: else ->
    if
    :: waiting & BIT(0) -> started[me] = 0
    :: waiting & BIT(1) -> started[me] = 1
    :: waiting & BIT(2) -> started[me] = 2
    :: waiting == 0 -> idle = idle | BIT(me)
    fi;
    waiting = (started[me] == NONE -> waiting : waiting & ~BIT(started[me]))
  fi
}

proctype Connection(byte me) {
  byte current = NONE;

  if
  :: me != 1
  :: me == 1 ->
    asked = true;
    opened != NO;
    if
    :: opened == REFUSED -> goto closed
    :: else
    fi
  fi;
  atomic { offer() };
endIdle:
  do
  :: atomic { /* start; whether the worker has left shows in that it can be read that it has */
      started[me] != NONE ->
      current = started[me];
      started[me] = NONE;
      requests[me] = current
    }
  :: atomic { /* the worker is gone before the request has left */
      started[me] != NONE && (dropped & BIT(me)) ->
      current = started[me];
      started[me] = NONE;
      enqueue(current);
      goto closed
    }
  :: atomic { answers[me] == ANSWER -> answers[me] = NO; ends(current); current = NONE; offer() }
  :: atomic {
      answers[me] == REFUSED ->
      answers[me] = NO;
#ifdef MUTATION_refused_is_failed
      assert(ran & BIT(current)); /* no request is failed that no application code has seen */
#endif
      enqueue(current)
    }
    hangUp();
    goto closed
  :: atomic { /* channelInactive */
      (dropped & BIT(me)) && answers[me] == NO && started[me] == NONE ->
      idle = idle & ~BIT(me);
      if
      :: current != NONE ->
        assert(killed); /* no request is lost but by a worker that is killed */
#ifdef MUTATION_lost_is_sent_again
        enqueue(current);
#else
        ends(current);
#endif
        current = NONE
      :: else
      fi;
      goto closed
    }
  :: atomic { closing & BIT(me) -> hangUp(); goto closed }
  od;
closed:
}

/* Of the group's home loop: the worker's slots are retired. */
proctype Home() {
endEvent:
  atomic {
    event ->
    retired = true;
    closing = idle & 3;
    idle = idle & ~3
  }
}

proctype EventLoop() {
  byte request;
  byte mine = NONE;
  do
  :: request < REQUESTS -> atomic { mine = request; enqueue(mine); request++ }
  :: else -> break
  od
}

proctype Supervisor() {
endLoop:
  do
  :: atomic { asked && isReady && !exited -> asked = false; control!TAKE_SLOT }
    opened = ANSWER
  :: atomic { asked && (!isReady || exited) -> asked = false; opened = REFUSED }
  :: atomic { /* _note */
      told && isReady -> isReady = false; event = true /* _tell */
    }
#ifndef MUTATION_worker_that_drains_by_itself_gets_no_order
    control!DRAIN /* _give_orders */
#endif
#ifndef SIGTERM
  :: atomic { isReady -> isReady = false; event = true }
    control!DRAIN
#endif
  od
}

/* serve, in the main thread of the first worker. */
proctype Worker() {
  do
  :: atomic {
      IS_DONE && !killed ->
      assert(running == 0); /* a worker ends only when nothing is in application code */
      exited = true;
      dropped = dropped | connections | (control??[TAKE_SLOT] -> 2 : 0);
      break
    }
  :: killed -> break
  :: else ->
    if /* poll */
    :: atomic { woken -> woken = false }
    :: atomic { !killed && control?[TAKE_SLOT] -> control?TAKE_SLOT; connections = connections | 2 }
    :: atomic { !killed && control?[DRAIN] -> control?DRAIN; ordered = true; draining = true }
    :: killed
    fi
  od
}

/* The handler of that thread. */
proctype Signal() {
  atomic { draining = true; told = true }
  woken = true
}

/* SIGKILL, or a crash. */
proctype Death() {
  atomic {
    if
    :: !exited ->
      killed = true;
      exited = true;
      dropped = dropped | connections | (control??[TAKE_SLOT] -> 2 : 0)
    :: else
    fi
  }
}

/* The thread that attends to a connection of the first worker. */
proctype Attendant(byte me) {
  byte request = NONE;
  bool refuses;
endFree:
  do
  :: atomic {
      requests[me] != NONE && (connections & BIT(me)) && !exited ->
      request = requests[me];
      requests[me] = NONE
    }
endDead:
    if
    :: atomic { draining && !exited -> answers[me] = REFUSED }
    :: atomic {
        !draining && !exited ->
        assert((ran & BIT(request)) == 0); /* no request is run twice */
        ran = ran | BIT(request);
        running++
      }
endDeadInCode:
      atomic { !exited -> running--; answers[me] = ANSWER }
    fi;
    request = NONE
  :: atomic { /* _close */
      HUNG_UP && requests[me] == NONE && (connections & BIT(me)) ->
      connections = connections & ~BIT(me);
#ifdef MUTATION_worker_hangs_up_when_it_drains
      dropped = dropped | BIT(me)
#endif
    }
#ifndef MUTATION_close_wakes_nobody
    if
    :: draining -> woken = true
    :: else
    fi
#endif
  od
}

/* The other worker. */
proctype Other() {
  byte me = 2;
endFree:
  do
  :: atomic {
      requests[me] != NONE ->
      assert((ran & BIT(requests[me])) == 0); /* no request is run twice */
      ran = ran | BIT(requests[me]);
      requests[me] = NONE;
    }
    answers[me] = ANSWER
  od
}

init {
  atomic {
    run Connection(0);
    run Connection(1);
    run Connection(2);
    run Home();
    run EventLoop();
    run Supervisor();
    run Worker();
    run Attendant(0);
    run Attendant(1);
    run Other();
#ifdef SIGTERM
    run Signal();
#endif
#ifdef KILLED
    run Death();
#endif
  }
  timeout; /* nothing moves any more */
  assert(ended == ALL); /* every request ends */
  assert(exited) /* a worker that is to end does */
}
