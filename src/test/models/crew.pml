/*
 * The threads of one interpreter and the requests that wait for them: embedded/Crew.java, with serve,
 * serveTurn and leave of EmbeddedInterpreter.Worker, each as an inline or a label of its name.
 *
 * Three members; two event loops, of which one offers two requests and the other one; and a reload, which
 * expires some of what waits, closes the crew, and expires or refuses more. All of them come at any time:
 * before the members have joined, too.
 *
 * Abstracted:
 *  - A section under the lock is one atomic step. Nothing in it blocks, and what it touches is touched
 *    nowhere else, but for `called` of a member that nobody else has a reference to at that time.
 *  - LockSupport is its permit. One that is left over is dropped: all that it could do is to make a later
 *    park return, which then finds `called` false. So to call a member and to unpark it is one step.
 *  - letGoIfDone wakes all members in that step, too: those whom it wakes only leave.
 *  - Of idle members, which are all alike, the one with the lowest number is popped. For the same reason
 *    whichever member leaves last stands for the first thread, which waits for the others.
 *  - A request runs to its end with the GIL, or gives it up once in its middle; that is what the switch
 *    looks like, too, which CPython forces.
 *  - Time and other interpreters: a turn may be over after any request, and whether somebody wants the
 *    GIL then is open. Gil.handOver is that the GIL is given up; gil.pml has the rest.
 */

#define MEMBERS 3
#define REQUESTS 3
#define MAX_WAITING 1
#define NOBODY 7

chan waiting = [REQUESTS] of { byte };
byte idle; /* a bit for each member */
bool contended;
bool closed;
bool isContender[MEMBERS];
bool called[MEMBERS] = true;
bool permit[MEMBERS]; /* LockSupport's, of the member's thread */
byte gil = NOBODY;

/* Only for what is proved. Requests are numbered downwards, so that Spin's sorted send, `!!`, is a push
   at the head, for a mutation. */
byte next = REQUESTS; /* to be offered */
byte first = REQUESTS; /* to leave the queue */
byte ended; /* a bit for each request */
byte contenders; /* members that wait for the GIL to begin a turn */
bool takesFirst; /* a member has the GIL and is about to poll for the first time in its turn */
byte gone; /* members */

#define IDLERS ((idle & 1) + ((idle >> 1) & 1) + (idle >> 2))

/* Holds at the end of every section under the lock, and says more than the INVARIANT of Crew. */
inline forgetsNobody() {
  assert(len(waiting) == 0 || idle == 0 || contended || takesFirst) /* no request waits beside an idle member while nobody contends */
}

inline wake(member) {
#ifdef MUTATION_unpark_before_called
  permit[member] = true;
  called[member] = true
#else
  d_step { called[member] = true; permit[member] = true }
#endif
}

inline wakeIfCalled(contender) {
  if
  :: contender != NOBODY -> wake(contender); contender = NOBODY
  :: contender == NOBODY
  fi
}

inline callContender(contender) {
  if
#ifdef MUTATION_call_though_contended
  :: idle == 0
#else
  :: contended || idle == 0
#endif
  :: else ->
    contended = true;
    if
    :: idle & 1 -> contender = 0
    :: else -> contender = (idle & 2 -> 1 : 2)
    fi;
    idle = idle & ~(1 << contender);
    isContender[contender] = true
  fi
}

inline offer(contender) {
  d_step {
    if
#ifdef MUTATION_offer_though_closed
    :: false
#else
    :: closed
#endif
    :: !closed && len(waiting) >= MAX_WAITING + IDLERS + contended /* full */
    :: else ->
#ifdef MUTATION_offer_at_head
      waiting!!next;
#else
      waiting!next;
#endif
      next--;
#ifndef MUTATION_offer_calls_nobody
      callContender(contender);
#endif
      forgetsNobody()
    fi
  }
  wakeIfCalled(contender)
}

inline end(request) {
  assert((ended & (1 << request)) == 0); /* a request ends once */
  ended = ended | (1 << request);
  request = 0
}

/* Under the lock. */
inline takeHead(request) {
  waiting?request;
  assert(request == first); /* requests leave the queue in the order they came */
  first--
}

inline letGoIfDone() {
  d_step {
    if
    :: closed && len(waiting) == 0 ->
      called[0] = called[0] || (idle & 1);
      permit[0] = permit[0] || (idle & 1);
      called[1] = called[1] || (idle & 2);
      permit[1] = permit[1] || (idle & 2);
      called[2] = called[2] || (idle & 4);
      permit[2] = permit[2] || (idle & 4);
      idle = 0
    :: else
    fi
  }
}

inline tookGil(contender) {
  d_step {
    contenders--;
    takesFirst = true;
#ifndef MUTATION_contended_not_reset
    contended = false;
#endif
    if
#ifdef MUTATION_tookGil_calls_nobody
    :: false
#else
    :: len(waiting) > 1 -> callContender(contender)
#endif
    :: else
    fi;
    forgetsNobody()
  }
  wakeIfCalled(contender)
}

inline becomeContender() {
  contenders++;
  assert(contenders == 1) /* at most one member waits for the GIL to begin a turn */
}

proctype Member(byte me) {
  byte request;
  byte contender = NOBODY;

awaitTurn:
  atomic {
#ifndef MUTATION_awaitTurn_lets_nobody_go
    letGoIfDone();
#endif
    if
    :: closed && len(waiting) == 0 -> goto leave
    :: else
    fi
  }
  atomic {
    if
    :: len(waiting) > 0 && !contended -> contended = true; becomeContender(); goto turn
    :: closed && len(waiting) == 0 -> goto awaitTurn
    :: else ->
      isContender[me] = false;
#ifndef MUTATION_called_reset_after_push
      called[me] = false;
#endif
      idle = idle | (1 << me);
      forgetsNobody()
    fi
  }
#ifdef MUTATION_called_reset_after_push
  called[me] = false;
#endif
  do
  :: atomic { called[me] -> permit[me] = false; break }
  :: !called[me] -> atomic { permit[me] -> permit[me] = false }
  od;
  atomic {
    if
    :: isContender[me] -> isContender[me] = false; becomeContender()
    :: else -> goto awaitTurn
    fi
  }

turn:
  atomic { gil == NOBODY -> gil = me };
  tookGil(contender);
  do
  :: atomic { /* poll, and the request as far as it needs nobody else */
      takesFirst = false;
      if
      :: len(waiting) == 0 -> break
      :: len(waiting) > 0 -> takeHead(request); forgetsNobody()
      fi;
      if
      :: end(request)
      :: gil = NOBODY
      fi
    }
    atomic {
      if
      :: request == 0
      :: request != 0 && gil == NOBODY -> gil = me; end(request)
      fi
    }
    if
    :: true
    :: break /* with a contender in this crew, or to another interpreter */
    fi
  od;
  gil = NOBODY;
  goto awaitTurn;

leave:
  atomic {
    gil == NOBODY; /* it is taken once more, to end the thread's state */
    gone++;
    if
    :: gone == MEMBERS -> assert(ended == (2 << REQUESTS) - (2 << next)) /* an interpreter ends when all that it took has ended */
    :: else
    fi
  }
}

proctype EventLoop(byte offers) {
  byte contender = NOBODY;
  do
  :: offers > 0 -> offers--; offer(contender)
  :: offers == 0 -> break
  od
}

/* As far as it matches: nothing, some, or everything. That it lets go of members is not needed, as the
   model shows without it: where a request waits, some member is not idle, and will let go of the rest. */
inline removeWhile(request) {
  atomic {
    do
    :: len(waiting) > 0 -> takeHead(request); end(request)
    :: len(waiting) > 0 -> break
    :: len(waiting) == 0 -> break
    od;
    forgetsNobody()
  }
  letGoIfDone()
}

/* expire of EmbeddedApplication; then drain of EmbeddedInterpreter, which may expire still, or refuseAll. */
proctype Reload() {
  byte request;
  removeWhile(request);
  closed = true;
#ifndef MUTATION_close_lets_nobody_go
  letGoIfDone();
#endif
  if
  :: removeWhile(request)
  :: true
  fi
}

init {
  atomic {
    run Member(0);
    run Member(1);
    run Member(2);
    run EventLoop(2);
    run EventLoop(1);
    run Reload()
  }
}
