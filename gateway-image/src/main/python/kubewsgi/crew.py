"""The threads of a worker: who waits for requests, who runs them, who tells others to go away.

Guarantees: an item that arrives while there is a slot for it is served, in the order of arrival;
one that arrives while there is none is refused at once. With one slot the same thread serves every
item, for code that is bound to its thread.

One thread, the leader, waits for items. Handing the lead over before each item would wake another
thread every time, and two threads then fight for the GIL over every system call. So the leader
lays the lead down without waking anybody, serves, and takes it up again. Only when an item takes
long does somebody else need the lead: a stand-by thread looks every millisecond, while there is
work, and takes it. Once an item has taken long, the next ones are likely to: for a while the
stand-by is then woken before each of them (`_eager`), as if every item were a long one.

Modelled in src/test/models/lead.pml: change that first.
"""

from _thread import allocate_lock
from collections import deque
from threading import Thread
from time import monotonic

# An item of one hundred microseconds costs several times what waking a thread does.
_SLOW = 0.0001
_EAGER_ITEMS = 32
_TICK = 0.001


class Crew:
    """A thread for each slot, and one more, so that somebody is always free to refuse.

    `wait()` blocks and returns arrived items, or None to end; `serve(item, slot)` and
    `refuse(item)` must not raise. `serve` gives its slot back before whoever sent the item can
    know that it is done: the next item would find all slots taken. It may take one again.
    """

    def __init__(self, slots, wait, serve, refuse):
        self._slots = slots
        self._wait = wait
        self._serve = serve
        self._refuse = refuse
        self._arrived = deque()
        # INVARIANT: only the holder of _lead waits, takes from _arrived and counts _turn.
        self._lead = allocate_lock()
        self._turn = 0
        self._eager = 0
        self._ended = False
        # INVARIANT: only the holder of _standby listens to _bell (a semaphore: locked = silent).
        self._standby = allocate_lock()
        self._bell = allocate_lock()
        self._bell.acquire()
        self._asleep = False

    def start(self):
        """Starts the threads."""
        for number in range(self._slots.size + 1):
            name = f"wsgi-{number}"
            Thread(target=self._work, args=(number,), name=name, daemon=True).start()

    def _work(self, number):
        serves = self._slots.size > 1 or number == 0
        while self._await_lead():
            while self._lead_once(serves):
                pass

    def _lead_once(self, serves):
        """One item, or a wait for some; whether this thread still has the lead."""
        arrived = self._arrived
        if not arrived:
            items = self._wait()
            if items is None:
                return self._end()
            arrived.extend(items)
            if not arrived:
                return True
        if not serves and self._slots.may_take(arrived[0]):
            return self._give_lead_back()
        slot = self._slots.take(arrived[0]) if serves else None
        if slot is None:
            self._refuse(arrived.popleft())
            return True
        item = arrived.popleft()
        self._turn += 1
        self._lead.release()
        # After the release: a stand-by that falls asleep looks at the lead once more (below).
        if self._asleep or self._eager:
            self._ring()
        began = monotonic()
        self._serve(item, slot)
        if monotonic() - began > _SLOW:
            self._eager = _EAGER_ITEMS
        elif self._eager:
            self._eager -= 1
        return self._lead.acquire(False)

    def _await_lead(self):
        """Waits as, or behind, the stand-by; False when the crew has ended."""
        lead = self._lead
        with self._standby:
            seen = -1  # the turn when this thread last looked
            while not self._ended:
                turn = self._turn
                if not lead.locked():
                    if (self._eager or turn == seen) and lead.acquire(False):
                        return True
                elif turn == seen:
                    self._sleep()
                    turn = -1
                    if self._eager:
                        continue
                seen = turn
                self._bell.acquire(True, _TICK)
        return False

    def _sleep(self):
        self._asleep = True
        # The lead may have been laid down before _asleep could be seen: then nobody will ring.
        if self._lead.locked():
            self._bell.acquire()
        self._asleep = False

    def _give_lead_back(self):
        self._eager = max(self._eager, 1)
        self._lead.release()
        self._ring()
        return False

    def _end(self):
        self._ended = True
        self._lead.release()
        self._ring()
        return False

    def _ring(self):
        try:
            self._bell.release()
        except RuntimeError:  # it has been rung already
            pass
