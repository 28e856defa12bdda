"""The slots of a worker's threads: which are free, which are kept, and who asks for the next.

Guarantees: while somebody asks, a slot that is given back is kept for whoever has waited longest,
and nobody else is given one. No slot is free while somebody asks, but for the moment in which
`release` looks. Asking twice is asking once; what has left is kept nothing.

Whoever asks may do so over a network that has died. So a slot that nobody fetches goes to the next
after KEPT seconds (`take_back`); its owner then has to ask again, with its longer wait.

Modelled in src/test/models/dispatch.pml: change that first.
"""

from _thread import allocate_lock
from collections import deque
from time import monotonic

# Many times what a gateway's answer takes, a collection of its garbage included.
KEPT = 1.0


class Slots:
    """`size` slots, numbered from 0.

    `tell(owner)` says to an owner that a slot is kept for it. It is called under the lock, so
    that it is not called any more once the owner has left; it must not block or raise. An owner
    has an attribute `kept`, at first None, that is only for this class.
    """

    def __init__(self, size, tell):
        self.size = size
        self._tell = tell
        self._free = deque(range(size))
        # INVARIANT: who asks is in _asking, or has a slot in `kept` and is in _since.
        self._lock = allocate_lock()
        self._asking = {}  # owner -> the time since when it has waited
        self._since = {}  # owner -> since when its slot has been kept

    @property
    def busy(self):
        """How many are taken or kept."""
        return self.size - len(self._free)

    def may_take(self, owner):
        """Whether `take` would give it a slot now."""
        return owner.kept is not None or (bool(self._free) and not self._asking)

    def take(self, owner):
        """The slot that is kept for it, or else a free one that nobody asks for, or None."""
        if owner.kept is not None:
            with self._lock:
                slot = self._fetch(owner)
            if slot is not None:
                return slot
        if self._asking:
            return None
        try:
            return self._free.pop()
        except IndexError:
            return None

    def release(self, slot):
        """Gives a slot back."""
        self._free.append(slot)
        # After the append: who begins to ask meanwhile looks at the free ones afterwards.
        if self._asking:
            with self._lock:
                self._settle()

    def keep(self, owner, slot):
        """Keeps for an owner the slot that it has taken, as if it had asked for one."""
        with self._lock:
            self._give(owner, slot)

    def hold(self, owner, slot):
        """Keeps a slot that was kept before, of which the owner has been told."""
        with self._lock:
            self._note(owner, slot)

    def ask(self, owner, waited):
        """Wants the next slot for an owner that has waited for one for so many seconds."""
        with self._lock:
            if owner.kept is None:
                self._asking[owner] = monotonic() - waited
                self._settle()

    def leave(self, owner):
        """Lets an owner be forgotten, with what is kept for it."""
        with self._lock:
            self._asking.pop(owner, None)
            slot = self._fetch(owner)
        if slot is not None:
            self.release(slot)

    def take_back(self):
        """Takes back what has been kept too long; whether anything is kept still."""
        late = monotonic() - KEPT
        with self._lock:
            for owner in [owner for owner, since in self._since.items() if since <= late]:
                self._free.append(self._fetch(owner))
            self._settle()
            return bool(self._since)

    # With the lock held.

    def _settle(self):
        while self._asking:
            try:
                slot = self._free.pop()
            except IndexError:
                return
            owner = min(self._asking, key=self._asking.get)
            del self._asking[owner]
            self._give(owner, slot)

    def _give(self, owner, slot):
        self._note(owner, slot)
        self._tell(owner)

    def _note(self, owner, slot):
        owner.kept = slot
        self._since[owner] = monotonic()

    def _fetch(self, owner):
        slot, owner.kept = owner.kept, None
        self._since.pop(owner, None)
        return slot
