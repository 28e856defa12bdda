"""The parent of a group's workers: starts, replaces, drains and ends them, and says how they are.

One thread, one loop: what has happened, whom to end, whom to start, what to tell. A worker is a
fork of this process, which has imported what every worker needs; being single-threaded is what
makes the fork safe.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from collections import deque
from time import monotonic, time

from kubewsgi import config as configuration
from kubewsgi import errors, overtime, process, recycling, report, unit, worker
from kubewsgi.door import Door
from kubewsgi.oom import OomKills
from kubewsgi.probes import Probes, Readiness
from kubewsgi.reception import Refused, listen
from kubewsgi.unit import Failure, Unit, WorkerState

_EXITS = 64
# How long a worker that hangs in its import has to write down where.
_DUMP_SECONDS = 0.5
# Between two looks at what is mounted, which nothing announces.
_LOOK_SECONDS = 1.0
_PING_SECONDS = 5.0
# Between two looks at what workers use.
_SAMPLE_SECONDS = 0.5
_BLOCK = 65536
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


class BecomeWorker(BaseException):
    """Raised in a freshly forked process, up to where it can start over as a worker."""

    def __init__(self, job):
        super().__init__()
        self.job = job


class Supervisor:
    """A group's supervisor, which listens where `config.listen` says. Raises ConfigError."""

    def __init__(self, config, sources, exit_with_stdin=False):
        self._config = config
        self._sources = sources
        self._next_ping = self._next_sample = 0.0
        self._units = []
        self._by_pid = {}  # pid -> (Unit, WorkerState)
        self._exits = deque(maxlen=_EXITS)
        self._oom_kills = OomKills()
        self._readiness = Readiness()
        self._ending = False
        self._is_changed = True
        self._handlers = {}
        self._epoll = select.epoll()
        secrets = () if config.secret is None else (config.secret,)
        self._door = Door(listen(config.listen), secrets, self._watch, self._unwatch, self)
        self._receptions = [self._door]
        self._document = self._secrets = None  # mounts.DocumentFile, mounts.SecretsDirectory
        self._next_look = 0.0
        self._signals, self._signalled = socket.socketpair()
        for end in (self._signals, self._signalled):
            end.setblocking(False)
        self._watch(self._signalled.fileno(), select.EPOLLIN, self._hear_signals)
        if exit_with_stdin:
            self._watch_stdin()

    @property
    def addresses(self):
        """Where it listens: a path or host:port; and host:port of the probes, if it answers any."""
        return [reception.address for reception in self._receptions]

    def answer_probes(self, address):
        """Answers the kubelet's probes on ("tcp", host, port). Raises ConfigError."""
        targets = {"/livez": self._find_stuck, "/readyz": self._find_missing}
        listener = listen(address)
        self._receptions.append(Probes(listener, targets, self._watch, self._unwatch))

    def follow_document(self, file):
        """Takes a document from this DocumentFile, too, whenever it holds another one."""
        self._document = file

    def follow_secrets(self, directory):
        """Lets in whoever shows a secret of this SecretsDirectory, and nobody else."""
        self._door.secrets = directory.read()
        self._secrets = directory

    def run(self):
        """Serves until drained by SIGTERM, SIGINT or the end of stdin."""
        signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, _nothing)
        process.set_title(f"kube-wsgi supervisor {self._config.group}")
        gc.collect()
        gc.freeze()  # keeps the collector off the pages that workers share
        while not (self._ending and not self._by_pid):
            self._look_at_mounts()
            self._ping_workers()
            self._look_at_usage()
            self._end_late_workers()
            self._settle_revisions()
            self._start_missing()
            self._tell()
            self._give_orders()
            self._listen_once()
            self._reap()
            for reception in self._receptions:
                reception.end_late()
        self._tell()
        for reception in self._receptions:
            reception.close()
        self._sources.close()
        if self._config.listen[0] == "unix":
            _unlink(self._config.listen[1])

    # What the door asks of it

    def open_slot(self, identifier, revision, connection):
        """Hands a connection to the ready worker with the fewest; its pid. Raises Refused."""
        units = [u for u in self._units if u.application_group.id == identifier]
        if not units:
            raise Refused(404, errors.SLOT_UNKNOWN, f"no application group {identifier} here")
        candidates = [
            ready
            for u in units
            if revision in (None, u.application_group.revision) and not u.is_service
            for ready in u.ready_workers()
        ]
        for chosen in sorted(candidates, key=lambda state: state.slots):
            try:
                socket.send_fds(
                    chosen.control,
                    [worker.TAKE_SLOT],
                    [connection.fileno()],
                    socket.MSG_DONTWAIT,
                )
            except OSError:  # it has just ended, or does not listen any more
                continue
            chosen.slots += 1
            return chosen.pid
        states = ", ".join(f"{u.application_group.revision}: {u.state}" for u in units)
        raise Refused(503, errors.SLOT_NOT_READY, f"no worker is ready (revision {states})")

    def reconfigure(self, text):
        """Takes a document; what became of it. Raises Refused if it cannot be used."""
        try:
            return self._take_document(text)
        except errors.ConfigError as failure:
            raise Refused(400, failure.code, failure.message) from None

    def changed(self):
        """Has the state published at the end of this turn."""
        self._is_changed = True

    # What the probes ask of it

    def _find_stuck(self):
        now = monotonic()
        for pid, (_, state) in self._by_pid.items():
            if state.is_stuck(now):
                return f"worker {pid} was killed and does not end"
        return None

    def _find_missing(self):
        return "draining" if self._ending else self._readiness.trouble()

    # The loop, in its order

    def _look_at_mounts(self):
        if not self._follows() or monotonic() < self._next_look:
            return
        self._next_look = monotonic() + _LOOK_SECONDS
        try:
            if self._secrets:
                self._door.secrets = self._secrets.news() or self._door.secrets
        except errors.ConfigError as failure:
            self._log(f"{failure}; the secrets that were valid stay so")
        try:
            text = self._document.news() if self._document else None
            if text is not None:
                self._take_document(text)
        except errors.ConfigError as failure:
            self._log(f"{failure}; sequence {self._config.sequence} stays in force")

    def _follows(self):
        return self._document or self._secrets

    def _take_document(self, text):
        """Makes a document the desired state unless a newer one is; what became of it.

        Several bring documents: each gateway, and the mounted file, which is late. Where nothing
        gives them a sequence one alone does, and the last is the newest.
        """
        wanted = configuration.parse(text)
        for name in ("group", "listen"):
            if getattr(wanted, name) not in (None, getattr(self._config, name)):
                raise errors.ConfigError(
                    errors.GROUP_CONFIG,
                    f"{name} cannot be changed while running; start another supervisor",
                )
        current = self._config.sequence
        if wanted.sequence < current:
            return f"older: this is sequence {wanted.sequence}, and {current} is in force"
        if wanted.sequence == current != 0:
            return f"unchanged: sequence {current} is in force"
        wanted.listen = self._config.listen
        self._config = wanted
        if wanted.secret is not None and not self._secrets:
            self._door.secrets = (wanted.secret,)
        self.changed()
        return "accepted"

    def _ping_workers(self):
        """Asks each worker whether Python code can still run in it."""
        now = monotonic()
        if now < self._next_ping:
            return
        self._next_ping = now + min(_PING_SECONDS, self._config.deadlock_timeout / 4)
        for _, state in self._by_pid.values():
            if state.state != unit.READY or state.dump_until is not None:
                continue
            if state.pinged is None:
                state.pinged = now
                _send(state, worker.PING)
            elif now - state.pinged >= self._config.deadlock_timeout:
                self._ask_for_stacks(state, now)

    def _look_at_usage(self):
        """Finds the workers that have reached a limit which the kernel knows of."""
        limits = self._config.limits
        now = monotonic()
        if not limits.of_supervisor() or now < self._next_sample:
            return
        self._next_sample = now + _SAMPLE_SECONDS
        for owner, state in self._by_pid.values():
            usage = recycling.Usage.of(state.pid) if state.can_wear() else None
            if usage is not None:
                limit = recycling.reached(limits, state.share, now - state.started, usage)
                self._wear(owner, state, limit)

    def _wear(self, owner, state, limit):
        """Has a worker replaced that has reached a limit, if it has."""
        if limit is None or not state.can_wear():
            return
        state.worn = limit
        name = owner.application_group.id
        self._log(f"worker {state.pid} of {name} has reached {limit}: {_replacement(owner)}")
        now = monotonic()
        if owner.died(now - state.ready, now):
            self._log(
                f"{errors.LIMIT_TOO_LOW}: workers of {name} reach {limit.partition(' ')[0]} within "
                f"{unit.SHORT_LIFE:g} s of being ready, and are replaced less and less often: "
                "raise it"
            )

    def _end_late_workers(self):
        now = monotonic()
        for owner, state in self._by_pid.values():
            if state.dump_until is not None:
                if now >= state.dump_until:
                    self._end_hung(owner, state)
            elif state.deadline is not None and now >= state.deadline:
                state.deadline = None
                if state.state == unit.STARTING and state.failure is None:
                    self._ask_for_stacks(state, now)
                else:
                    _kill(state)

    def _ask_for_stacks(self, state, now):
        state.dump_until = now + _DUMP_SECONDS
        os.kill(state.pid, worker.DUMP_SIGNAL)

    def _end_hung(self, owner, state):
        state.dump_until = None
        stacks = _read_all(state.dump)
        if state.state == unit.STARTING:
            state.failure = Failure(
                errors.IMPORT_HUNG,
                f"the import did not end within startupTimeout "
                f"({self._config.startup_timeout:g} s); the traceback shows where it hung: "
                f"{_cure_of_hang(owner.application_group)}, or raise startupTimeout",
                stacks,
            )
        else:
            self._log(
                f"{errors.WORKER_HUNG}: worker {state.pid} of {owner.application_group.id} has run "
                f"no Python code for {self._config.deadlock_timeout:g} s and is replaced; it stood "
                "here:"
            )
            self._log_traceback(stacks)
        _kill(state)

    def _settle_revisions(self):
        """Retires what is not wanted any more, an old revision only once the new one is up."""
        settings = self._config.worker_settings()
        groups = [] if self._ending else self._config.application_groups
        self._readiness.want(group.id for group in groups)
        wanted = {}
        for group in groups:
            key = (group.key(), settings)
            found = [u for u in self._units if u.key == key and not u.retired]
            wanted[group.id] = found[0] if found else self._add(group, settings)
        for candidate in self._units:
            successor = wanted.get(candidate.application_group.id)
            if candidate.retired or candidate is successor:
                continue
            if self._is_over(candidate, successor):
                self._retire(candidate)
        for running in wanted.values():
            for state in running.active_workers()[self._config.processes :]:
                self._drain(state)
        for running in self._units:
            if running.is_replaced(self._config.processes):
                self._drain(running.outgoing())
        if any(u.retired and not u.workers for u in self._units):
            self._units = [u for u in self._units if u.workers or not u.retired]
            self._sources.keep(u.application_group.tree for u in self._units)

    def _is_over(self, old, successor):
        """Whether what is not wanted any more has nothing left to do."""
        if self._ending or old.is_service or not old.ready_workers():
            return True
        if successor is None:
            return not self._is_routed_to(old)
        return successor.is_up(self._config.processes)

    def _is_routed_to(self, left):
        """Whether a gateway still waits for the new place of what left the document.

        In a cluster gateways hear of that when supervisors do; those that route here have slots.
        On one machine the gateway gives no sequence, and the document after it has moved.
        """
        return self._config.sequence and any(state.slots for state in left.ready_workers())

    def _start_missing(self):
        for waiting in self._units:
            missing = waiting.missing(self._config.processes, monotonic())
            if missing and self._provide_files(waiting):
                for _ in range(missing):
                    self._start(waiting)

    def _provide_files(self, owner):
        """Puts the files of a unit where its workers find them; whether that went well."""
        try:
            owner.root = self._sources.put(owner.application_group)
        except errors.LoadError as failure:
            self._note_failure(owner, Failure(failure.code, failure.message, ""), monotonic())
            return False
        return True

    def _tell(self):
        if self._is_changed:
            self._is_changed = False
            state = report.describe(self._config, self._units, self._exits, self._ending)
            self._door.publish(json.dumps(state).encode("ascii") + b"\n")

    def _give_orders(self):
        """After _tell: whoever follows the events knows that a worker drains before it does."""
        for _, state in self._by_pid.values():
            if not state.must_order:
                continue
            state.must_order = False
            _send(state, worker.DRAIN)

    def _listen_once(self):
        for descriptor, events in self._epoll.poll(self._patience()):
            handler = self._handlers.get(descriptor)
            if handler is not None:
                handler(events)

    def _reap(self):
        """Buries workers, and whoever else has become a child of the first process in a pod."""
        ended = {}
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                if pid in self._by_pid:
                    ended[pid] = status
        except ChildProcessError:
            pass
        killed = {p for p in ended if _was_killed(ended[p]) and self._by_pid[p][1].killed is None}
        for_memory = killed if killed and self._oom_kills.rose() else ()
        for pid, status in ended.items():
            self._bury(pid, status, pid in for_memory)

    def _patience(self):
        """Seconds until something is due; None: nothing is."""
        due = [reception.next_deadline() for reception in self._receptions]
        due += [u.next_start(self._config.processes) for u in self._units]
        for _, state in self._by_pid.values():
            due += [state.deadline, state.dump_until]
        if self._by_pid:
            due.append(self._next_ping)
            if self._config.limits.of_supervisor():
                due.append(self._next_sample)
        if self._follows():
            due.append(self._next_look)
        due = [moment for moment in due if moment is not None]
        return max(min(due) - monotonic(), 0) + 0.001 if due else None

    # Workers

    def _add(self, group, settings):
        predecessors = [u for u in self._units if u.application_group.id == group.id]
        new = Unit(group, settings, predecessors)
        self._units.append(new)
        self.changed()
        return new

    def _start(self, owner):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        dump, dump_end = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # Until it has its own handlers a signal to the child would count as one to this process.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        pid = os.fork()
        if not pid:
            ours.close()
            os.close(dump)
            self._forget()
            group = owner.application_group
            raise BecomeWorker(
                worker.Job(self._config, group, owner.root, theirs, dump_end, parent)
            )
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        theirs.close()
        os.close(dump_end)
        ours.setblocking(False)
        os.set_blocking(dump, False)
        now = monotonic()
        deadline = now + self._config.startup_timeout
        threads = 0 if owner.is_service else self._config.threads
        state = WorkerState(
            pid, now, time(), ours, dump, deadline, threads, share=recycling.share()
        )
        owner.workers.append(state)
        self._by_pid[pid] = owner, state
        self._watch(ours.fileno(), select.EPOLLIN, lambda _: self._hear(owner, state))
        self.changed()

    def _forget(self):
        """Lets go of everything of the supervisor's, in the process that becomes a worker."""
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        self._epoll.close()
        for reception in self._receptions:
            for connection in reception.sockets():
                connection.close()
        self._signals.close()
        self._signalled.close()
        for _, state in self._by_pid.values():
            state.control.close()
            os.close(state.dump)

    def _hear(self, owner, state):
        """Takes all that a worker has to say."""
        while True:
            try:
                message = state.control.recv(_BLOCK * 2)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._unwatch(state.control.fileno())
                return
            self._note(owner, state, message)

    def _note(self, owner, state, message):
        if message == worker.SLOT_CLOSED:
            state.slots -= 1
        elif message == worker.PONG:
            state.pinged = state.dump_until = None
        elif message == worker.READY:
            state.deadline = state.dump_until = None
            if state.state == unit.STARTING:
                state.ready = monotonic()
                self._enter(state, unit.READY)
                owner.became_ready()
                self._readiness.imported(owner.application_group.id)
            else:  # ordered to drain while it started
                self._expect_end(state)
        elif message == worker.DRAINING:
            if state.state == unit.READY:
                self._enter(state, unit.DRAINING)
                self._expect_end(state)
            state.must_order = True  # it ends once it knows that no slot is on its way to it
        elif message == worker.EXITING:
            state.deadline = monotonic() + self._config.shutdown_timeout
        elif message.startswith(worker.OVERTIME):
            state.overtime = overtime.heard(message[len(worker.OVERTIME) :])
            self.changed()
        elif message.startswith(worker.WORN):
            self._wear(owner, state, recycling.named(message[len(worker.WORN) :]))
        elif message.startswith(worker.FAILED) and state.state == unit.STARTING:
            text = message[len(worker.FAILED) :].decode("utf-8", "replace")
            # Whatever an application may have written there itself.
            code, message, traceback = (*text.split("\0", 2), "", "")[:3]
            state.failure = Failure(code, message, traceback)
            state.deadline = monotonic() + self._config.shutdown_timeout

    def _retire(self, old):
        old.retired = True
        self.changed()
        for state in old.running_workers():
            self._drain(state)

    def _drain(self, state):
        starting = state.state == unit.STARTING
        self._enter(state, unit.DRAINING)
        self._expect_end(state)
        if starting:  # by its default action SIGTERM ends an import; a ready worker drains on it
            os.kill(state.pid, signal.SIGTERM)
        else:
            state.must_order = True

    def _expect_end(self, state):
        limit = self._config.graceful_timeout + self._config.shutdown_timeout
        state.deadline = monotonic() + limit

    def _enter(self, state, name):
        state.state = name
        state.since = time()
        self.changed()

    def _bury(self, pid, status, for_memory):
        owner, state = self._by_pid[pid]
        self._hear(owner, state)  # what it said last
        del self._by_pid[pid]
        owner.workers.remove(state)
        self._unwatch(state.control.fileno())
        state.control.close()
        os.close(state.dump)
        ended = report.describe_exit(owner, state, status, for_memory)
        self._exits.append(ended)
        self._judge(owner, state, report.cause(ended))
        self.changed()

    def _judge(self, owner, state, cause):
        """Draws the consequences of a worker's end."""
        now = monotonic()
        if state.state == unit.STARTING:
            failure = state.failure or Failure(
                errors.DIED_ON_IMPORT,
                f"the process ended while it imported the application ({cause}); a C extension "
                "that crashes, os._exit and a memory limit do that",
                "",
            )
            self._note_failure(owner, failure, now)
        elif state.state == unit.READY:
            if not state.worn:  # that has been drawn then
                owner.died(now - state.started, now)
            self._log(f"worker {state.pid} of {owner.application_group.id} died ({cause})")

    # Input and output

    def _watch(self, descriptor, events, handler):
        """Watches a descriptor; without a handler, changes the events of a watched one."""
        if handler is None:
            self._epoll.modify(descriptor, events)
        else:
            self._epoll.register(descriptor, events)
            self._handlers[descriptor] = handler

    def _unwatch(self, descriptor):
        if self._handlers.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    def _hear_signals(self, _):
        numbers = self._signalled.recv(_BLOCK)
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            self._end()

    def _watch_stdin(self):
        try:
            self._watch(0, select.EPOLLIN, self._hear_stdin)
        except OSError:
            raise errors.ConfigError(
                errors.GROUP_CONFIG,
                "--exit-with-stdin needs a pipe as standard input",
            ) from None

    def _hear_stdin(self, _):
        if not os.read(0, _BLOCK):  # whoever started this process is gone
            self._unwatch(0)
            self._end()

    def _end(self):
        self._ending = True
        self.changed()

    def _note_failure(self, owner, failure, now):
        owner.import_failed(failure, now)
        self.changed()
        wait = failure.retry_at - now
        name = owner.application_group.id
        self._log(f"{failure.code}: {name}: {failure.message}; next attempt in {wait:.0f} s")
        self._log_traceback(failure.traceback)

    def _log_traceback(self, text):
        for line in text.splitlines():
            self._log(f"  {line}")

    def _log(self, text):
        line = f"[{self._config.group}] {text}\n"
        os.write(2, line.encode("utf-8", "backslashreplace"))


def _send(state, order):
    try:
        state.control.send(order)
    except OSError:  # it ended, or is stuck; its deadline or the next pings see to that
        pass


def _kill(state):
    state.killed = state.killed or monotonic()
    os.kill(state.pid, signal.SIGKILL)


def _replacement(owner):
    if owner.is_service:
        return "it ends, and then another one takes its place"
    return "it drains as soon as another one has taken its place"


def _cure_of_hang(group):
    if not group.preload:
        return "remove what blocks there"
    return (
        "remove what blocks there, put what is to run on into a thread that the preloaded script "
        "or module starts"
    )


def _was_killed(status):
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _read_all(descriptor):
    pieces = []
    try:
        while True:
            piece = os.read(descriptor, _BLOCK)
            if not piece:
                break
            pieces.append(piece)
    except BlockingIOError:
        pass
    return b"".join(pieces).decode("utf-8", "replace")


def _unlink(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def _nothing(*_):
    """Handles a signal: its number has gone to the wake-up descriptor."""
