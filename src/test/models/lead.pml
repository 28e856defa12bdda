/*
 * The lead among the threads of a worker: kubewsgi/crew.py, whose methods are inlines and labels of their
 * names here.
 *
 * Two slots and one thread more, and four items that arrive at any time. An item that takes long ends only
 * when all have come and none waits: if nobody took the lead up for that one, nothing would go on.
 *
 * Abstracted:
 *  - Each access to an attribute is a step of its own, as CPython may switch between them.
 *  - The millisecond of the tick is over at any time.
 *  - wait returns the items one by one, and serves and refuses without a connection; dispatch.pml has that.
 *  - One item that took long makes the crew eager for one item, or for two.
 *  - A crew of one thread, which gives the lead back.
 */

#define SIZE 2
#define THREADS 3
#define ITEMS 4
#define NEVER 15

bool lead;
bool standby;
bool bell; /* it has been rung */
bool asleep;
bool ended;
byte turn;
byte eager;
byte slots = SIZE;

byte arrived; /* items that nobody has taken */
byte come; /* and all */
bool stopped; /* wait is to return None */

inline ring() { bell = true }

/* Of the tick, or when it has been rung. */
inline listen() {
  if
  :: atomic { bell -> bell = false }
  :: true
  fi
}

inline sleep() {
  asleep = true;
#ifndef MUTATION_sleep_without_another_look
  if
  :: lead -> atomic { bell -> bell = false }
  :: !lead
  fi;
#else
  atomic { bell -> bell = false };
#endif
  asleep = false
}

proctype Thread() {
  byte seen, now;

awaitLead:
  atomic { !standby -> standby = true };
  seen = NEVER;
  do
  :: ended -> break
  :: !ended ->
    now = turn;
    if
    :: !lead ->
      if
      :: eager > 0 || now == seen ->
        atomic {
          if
          :: !lead -> lead = true; goto leads
          :: else
          fi
        }
      :: else
      fi
    :: lead ->
      if
      :: now == seen ->
        sleep();
        now = NEVER;
        if
        :: eager > 0 -> goto looksAgain
        :: else
        fi
      :: else
      fi
    fi;
    seen = now;
    listen();
looksAgain:
    skip
  od;
  standby = false;
  goto gone;

leads:
  atomic { standby = false; seen = 0; now = 0 };
leadOnce:
  if
  :: arrived > 0
  :: arrived == 0 && stopped ->
    ended = true;
    lead = false;
#ifndef MUTATION_end_rings_nobody
    ring();
#endif
    goto awaitLead
  fi;
  atomic {
    arrived--;
    if
    :: slots == 0 -> goto leadOnce /* refused */
    :: else -> slots--; assert(slots < SIZE) /* no more items are served at once than there are slots */
    fi
  }
  turn++;
#ifdef MUTATION_ring_before_release
  if
  :: asleep || eager > 0 -> ring()
  :: else
  fi;
  lead = false;
#else
  lead = false;
#ifndef MUTATION_ring_nobody
  if
  :: asleep || eager > 0 -> ring()
  :: else
  fi;
#endif
#endif
  if
  :: atomic { slots++ }
    if
    :: eager > 0 -> eager--
    :: else
    fi
  :: true -> /* it takes long */
    atomic { arrived == 0 && come == ITEMS -> slots++ }
    if
    :: eager = 1
    :: eager = 2
    fi
  fi;
  atomic {
    if
    :: !lead -> lead = true; goto leadOnce
    :: else -> goto awaitLead
    fi
  }
gone:
}

proctype Arrivals() {
  do
  :: come < ITEMS -> atomic { come++; arrived++ }
  :: else -> break
  od;
  stopped = true
}

init {
  atomic {
    run Thread();
    run Thread();
    run Thread();
    run Arrivals()
  }
}
