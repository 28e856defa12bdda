"""One application group at one revision: the workers it has, should have, and may start now.

Nothing here forks, signals or reads a clock, so that every rule can be tested by itself.
"""

from collections import Counter

# The kernel ends a killed process at once, unless that is stuck in the kernel itself.
_REAP_SECONDS = 30.0
# A worker that ends sooner than this after its start did not recover by being replaced.
SHORT_LIFE = 5.0
# So many short lives in a row are put down to chance; from then on replacements wait.
_FREE_DEATHS = 3
_LONGEST_WAIT = 60.0

STARTING = "starting"
READY = "ready"
DRAINING = "draining"
FAILED = "failed"


class Failure:
    """Why the last attempt to start a worker failed; `retry_at` on the monotonic clock."""

    __slots__ = ("code", "message", "traceback", "retry_at")

    def __init__(self, code, message, traceback, retry_at=None):
        self.code = code
        self.message = message
        self.traceback = traceback
        self.retry_at = retry_at


class WorkerState:
    """What the supervisor knows of one worker."""

    __slots__ = (
        "pid",
        "state",
        "since",  # wall clock, of the state
        "started",  # monotonic, as every time below
        "ready",  # when it became so; None: it has not
        "control",
        "dump",
        "threads",  # requests it serves at once
        "slots",  # connections it has
        "must_order",  # draining, but not told yet
        "deadline",  # when it is killed; None: never
        "dump_until",  # asked for its stacks, to be killed then; None: not asked
        "share",  # of the limits on its life
        "worn",  # which of them it has reached; None: none
        "overtime",  # (request id, stack) of what has run for too long and still does
        "pinged",  # when it was sent the ping that it has not answered; None: it has
        "killed",  # when it was first killed, by us; None: never
        "failure",
    )

    def __init__(self, pid, started, since, control, dump, deadline, threads, share=1.0):
        self.pid = pid
        self.state = STARTING
        self.since = since
        self.started = started
        self.ready = None
        self.control = control
        self.dump = dump
        self.threads = threads
        self.slots = 0
        self.must_order = False
        self.deadline = deadline
        self.dump_until = None
        self.share = share
        self.worn = None
        self.overtime = []
        self.pinged = None
        self.killed = None
        self.failure = None

    def can_wear(self):
        """Whether it serves, and has reached no limit yet."""
        return self.state == READY and not self.worn

    def is_stuck(self, now):
        """Whether it was killed and does not go: replacing it does not help, only another pod."""
        return self.killed is not None and now - self.killed > _REAP_SECONDS


class Unit:
    """An application group at a revision.

    `predecessors` are units of the same application group. Those of one that serves requests go on
    until it can take over. A service is to run once, as a scheduler is: it starts when they have
    no process left, and a worker of it when the one before has ended.
    """

    def __init__(self, application_group, settings, predecessors=()):
        self.application_group = application_group
        self.is_service = application_group.is_service
        self._awaited = list(predecessors) if self.is_service else []
        self.key = (application_group.key(), settings)
        self.workers = []
        self.root = None  # the directory of its files, if it has any
        self.failure = None
        self.retired = False
        self._attempts = 0  # failed imports in a row
        self._deaths = 0  # short lives in a row
        self._wait_until = 0.0

    @property
    def state(self):
        """What events say of it."""
        if self.retired:
            return DRAINING
        states = Counter(worker.state for worker in self.workers)
        if states[READY]:
            return READY
        return FAILED if self.failure else STARTING

    def ready_workers(self):
        """Those that take slots."""
        return [worker for worker in self.workers if worker.state == READY]

    def running_workers(self):
        """Those that have not been told to end."""
        return [worker for worker in self.workers if worker.state != DRAINING]

    def outgoing(self):
        """The worn worker to be replaced; none while the last one ends, for want of memory."""
        worn = [worker for worker in self.workers if worker.worn]
        if any(worker.state == DRAINING for worker in worn):
            return None
        return worn[0] if worn else None

    def active_workers(self):
        """Those that count towards `processes`."""
        leaving = self.outgoing()
        return [worker for worker in self.running_workers() if worker is not leaving]

    def is_replaced(self, processes):
        """Whether the outgoing worker has nothing left to wait for."""
        if self.outgoing() is None:
            return False
        if self.is_service:
            return True
        return sum(worker.state == READY for worker in self.active_workers()) >= processes

    def is_up(self, processes):
        """Whether it can take over from an older revision."""
        return len(self.ready_workers()) >= processes

    def wanted(self, processes):
        """How many active workers it should have now: one at a time while imports fail."""
        if self.retired:
            return 0
        return 1 if self._attempts and not self.ready_workers() else processes

    def missing(self, processes, now):
        """How many workers to start now."""
        self._awaited = [each for each in self._awaited if each.workers]
        if now < self._wait_until or self._awaited:
            return 0
        present = self.workers if self.is_service else self.active_workers()
        return max(self.wanted(processes) - len(present), 0)

    def next_start(self, processes):
        """When waiting will be over; None if nothing waits."""
        return self._wait_until if self.missing(processes, self._wait_until) else None

    def became_ready(self):
        """A worker has imported the applications."""
        self.failure = None
        self._attempts = 0

    def import_failed(self, failure, now):
        """A worker ended before it was ready: wait 1 s, doubling to 60 s, before the next."""
        if now >= self._wait_until:  # workers started together fail together: one attempt
            self._attempts += 1
            self._wait_until = now + _wait(self._attempts)
        failure.retry_at = self._wait_until
        self.failure = failure

    def died(self, lifetime, now):
        """A ready worker ended by itself, or has to; whether its replacement waits."""
        self._deaths = self._deaths + 1 if lifetime < SHORT_LIFE else 0
        must_wait = self._deaths > _FREE_DEATHS
        if must_wait:
            self._wait_until = now + _wait(self._deaths - _FREE_DEATHS)
        return must_wait


def _wait(failures):
    return min(2.0 ** (failures - 1), _LONGEST_WAIT)
