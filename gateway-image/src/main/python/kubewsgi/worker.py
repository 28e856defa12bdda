"""A worker: one process of one application group, serving requests on slots from the gateway.

The main thread obeys the supervisor; a Crew of other threads serves. Every connection is a slot
the supervisor has checked and handed over; on it the gateway sends one request after another.

Modelled in src/test/models/dispatch.pml and, with its end, in drain.pml: change those first.
"""

import faulthandler
import gc
import math
import os
import select
import signal
import socket
import sys
from _thread import allocate_lock
from itertools import count
from threading import stack_size
from time import monotonic

from kubewsgi import errors, http1, loading, overtime, process, recycling, wsgi
from kubewsgi.config import SCRIPT
from kubewsgi.crew import Crew
from kubewsgi.overtime import Run, Watch, interrupter
from kubewsgi.slots import KEPT, Slots

# The supervisor's orders and the worker's reports: one datagram each on their socket pair.
TAKE_SLOT = b"slot"
DRAIN = b"drain"
PING = b"ping"
PONG = b"pong"
READY = b"ready"
FAILED = b"failed "
WORN = b"worn "
OVERTIME = b"overtime "
DRAINING = b"draining"
EXITING = b"exiting"
SLOT_CLOSED = b"closed"
REPORT_LIMIT = 65536

# faulthandler writes every thread's stack to the supervisor on this signal, even when no Python
# code can run. A real-time signal, because applications use the others.
DUMP_SIGNAL = signal.SIGRTMIN + 7

# One read takes a usual head, or a head and a small body.
_RECEIVE = 16384
_EVENTS = 64
# In seconds; poll(2) counts milliseconds in 31 bits.
_LONGEST_PATIENCE = 3600
# How often, within inactivityTimeout, a worker looks whether it has been idle.
_LOOKS = 8
# How a request names the application of an application group that has one alone.
_ONLY = ("*", "*")
_REFUSED = "KubeWsgi-Refused"
# How an order about turns begins: no request has such a field.
_TURN = b"GET /.kubewsgi/turn HTTP/1.1\r\nKubeWsgi-Turn: "
_KEPT = b"HTTP/1.1 204 No Content\r\nKubeWsgi-Turn: kept\r\n\r\n"
_PASSED = b"HTTP/1.1 204 No Content\r\nKubeWsgi-Turn: passed\r\n\r\n"


class Job:
    """What a freshly forked process needs to become a worker."""

    __slots__ = ("config", "application_group", "root", "control", "dump", "parent")

    def __init__(self, config, application_group, root, control, dump, parent):
        self.config = config
        self.application_group = application_group
        self.root = root  # the directory of the application group's files; None: it has none
        self.control = control  # socket to the supervisor
        self.dump = dump  # descriptor to write stacks to
        self.parent = parent  # the supervisor's pid


def run(job):
    """Becomes the worker and serves until told to end; the process's exit code."""
    try:
        _settle(job)
        applications = _load(job)
    except errors.LoadError as failure:
        _report_failure(job.control, failure)
        return 1
    return _Worker(job, applications).serve()


def _settle(job):
    """Everything that must be done before the first line of the application runs."""
    config = job.config
    # Ctrl-C reaches every process of the terminal; the supervisor then drains its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.register(DUMP_SIGNAL, file=job.dump, all_threads=True)
    process.detach_stdin()
    if sys.stdout is not None:  # a pipe would keep what is printed until 8 KiB have come together
        sys.stdout.reconfigure(line_buffering=True)
    sys.argv = [config.title or "kubewsgi"]
    config.secret = None  # the application's process has no use for it
    process.set_title(config.title)
    os.environ.update(config.env)
    os.environ.update(job.application_group.env)
    if config.umask is not None:
        os.umask(config.umask)
    if config.nice:
        os.nice(config.nice)
    if config.switch_interval is not None:
        sys.setswitchinterval(config.switch_interval)
    process.drop_identity(config.uid, config.gid)
    process.die_with_parent(job.parent)
    try:
        os.chdir(config.working_dir)
    except OSError as failure:
        raise errors.LoadError(
            errors.WORKING_DIR,
            f"workingDir {config.working_dir} cannot be entered by uid {os.getuid()} "
            f"({failure.strerror}); correct it, or its permissions",
        ) from None


def _load(job):
    group = job.application_group
    root = job.root or "/"
    home = group.python_home and os.path.join(root, group.python_home)
    loading.activate_python(home, [os.path.join(root, entry) for entry in group.python_path])
    modules = _preload(group.preload)
    applications = {}
    for script, name in group.scripts:
        path = os.path.join(root, script)
        found = loading.find_callable(path, _execute(path, modules), name)
        applications[_as_sent(script), _as_sent(name)] = found
    if len(applications) == 1:
        applications[_ONLY] = found
    gc.collect()
    gc.freeze()  # what has been imported lives as long as the process: never scan it again
    return applications


def _preload(entries):
    """Imports what is to be there before the applications; the scripts among it, by path."""
    modules = {}
    for kind, name in entries:
        if kind == SCRIPT:
            _execute(name, modules)
        else:
            loading.load_named(name)
    return modules


def _execute(path, modules):
    """The module of a script, which is executed once, however often it is named."""
    if path not in modules:
        stem = os.path.basename(path).partition(".")[0]
        modules[path] = loading.load_module(path, f"_kubewsgi_{len(modules)}_{stem}")
    return modules[path]


def _as_sent(name):
    """A script or callable as requests name it: the UTF-8 bytes, read as latin-1."""
    return name.encode("utf-8").decode("latin-1")


def _report_failure(control, failure):
    text = "\0".join((failure.code, failure.message, failure.traceback_text))
    control.send(FAILED + text.encode("utf-8", "backslashreplace")[:REPORT_LIMIT])


def _log(line):
    """One write per line, so that lines of threads and processes do not mix."""
    os.write(2, f"{line}\n".encode("utf-8", "backslashreplace"))


class _Connection:
    """A slot's connection.

    INVARIANT: only the holder of `claim` reads or writes it, but for the word that a slot is kept
    for it, on which the gateway waits then. An event sets `again` first and then tries the claim;
    the holder looks at `again` after giving the claim back. So none is missed.
    """

    __slots__ = ("socket", "claim", "again", "slot", "kept", "asked", "buffer", "discarding", "run")

    def __init__(self, connection):
        self.socket = connection
        self.claim = allocate_lock()
        self.again = False
        self.slot = None  # that its request has taken
        self.kept = None  # that it may take; of Slots
        self.asked = False  # for the slot of its next request
        self.buffer = b""  # of a head that is not complete
        self.discarding = False  # answered for the last time; what arrives is dropped
        self.run = None  # overtime.Run of its request, if that is watched

    def may_answer(self):
        """Whether nobody has answered in the place of the application."""
        return self.run is None or self.run.claim()


class _Answer(http1.Answer):
    """A streamed answer that gives its slot back before its end tells that it is done."""

    __slots__ = ("_connection", "_slots", "_watch", "begun")

    def __init__(self, connection, slots, watch):
        super().__init__(connection.socket)
        self._connection = connection
        self._slots = slots
        self._watch = watch
        self.begun = False

    def start(self, status, headers):
        if not self._connection.may_answer():
            raise ConnectionAbortedError("the request was answered in the application's place")
        self.begun = True
        super().start(status, headers)

    def end(self):
        if self._watch is not None:  # what follows must not be interrupted half-way
            self._watch.leave(self._connection.run)
        _release(self._slots, self._connection)
        super().end()


class _HungUp(Exception):
    """The connection is to be closed."""


class _Worker:
    def __init__(self, job, applications):
        config = job.config
        self._control = job.control
        self._applications = applications
        self._root = job.root and _as_sent(job.root)
        self._base = wsgi.base_environ(
            multithread=config.threads != 1,
            multiprocess=config.multiprocess,
            process_group=config.group,
            application_group=job.application_group.name,
        )
        self._graceful = config.graceful_timeout
        maximum, self._inactivity = config.limits.of_worker()
        self._maximum = maximum and math.ceil(maximum * recycling.share())
        self._counts = bool(self._maximum or self._inactivity)
        self._numbers = count(1)  # whose next() is atomic
        self._latest = 0
        self._seen = 0
        self._idle_since = monotonic()
        self._stack_size = config.stack_size
        limit = config.request_timeout
        self._overtime = b""  # what has been said of it
        self._watch = None if limit is None else Watch(limit, interrupter(), self._cut_off)
        self._slots = Slots(config.threads, self._keeps)
        self._keeping = False  # a slot that is kept may have to be taken back
        self._crew = Crew(self._slots, self._wait, self._serve, self._refuse)
        self._connections = {}
        self._epoll = select.epoll()
        self._drain_until = None  # draining once it is set
        self._ordered = False  # the supervisor hands over no further slot
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._stop, self._stopped = socket.socketpair()
        self._epoll.register(self._stopped, select.EPOLLIN)

    # The main thread: the supervisor's orders

    def serve(self):
        """Serves until drained; the process's exit code."""
        signal.signal(signal.SIGTERM, lambda *_: self._drain())
        if self._applications:
            self._start_crew()
        self._tell(READY)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while not self._is_done():
            for descriptor, _ in poll.poll(self._patience()):
                if descriptor == self._control.fileno():
                    self._obey(poll)
                else:
                    self._woken.recv(4096)
            if self._inactivity:
                self._look_for_idleness()
            if self._watch is not None:
                self._look_for_overtime()
            if self._keeping:
                self._look_for_kept()
        self._tell(EXITING)
        self._stop.send(b"x")
        return 0

    def _start_crew(self):
        if not self._stack_size:
            self._crew.start()
            return
        of_application = stack_size(self._stack_size)
        self._crew.start()
        stack_size(of_application)

    def _obey(self, poll):
        try:
            order, descriptors, _, _ = socket.recv_fds(self._control, 64, 8)
        except OSError:
            order, descriptors = b"", []
        for descriptor in descriptors:
            self._take(descriptor)
        if not order:  # the supervisor is gone
            poll.unregister(self._control)
        if order == PING:
            self._tell(PONG)
        elif order != TAKE_SLOT:
            self._ordered = True
            self._drain()

    def _take(self, descriptor):
        connection = socket.socket(fileno=descriptor)
        connection.setblocking(True)
        self._connections[descriptor] = _Connection(connection)
        # Edge-triggered: no system call to re-arm it after each request.
        self._epoll.register(descriptor, select.EPOLLIN | select.EPOLLET)

    def _drain(self):
        """Takes nothing new from now on. Runs in the main thread, also as a signal handler."""
        if self._drain_until is None:
            self._drain_until = monotonic() + self._graceful
            self._tell(DRAINING)
            self._rouse()

    def _is_done(self):
        if self._drain_until is None:
            return False
        # To one that drains by itself a slot may be on its way, and a request may be on that.
        is_left = self._ordered and not self._connections
        return is_left or monotonic() >= self._drain_until

    def _look_for_idleness(self):
        """A worker that has not served anything yet has nothing that a new one would not have."""
        now = monotonic()
        if self._latest != self._seen or self._slots.busy:
            self._seen = self._latest
            self._idle_since = now
        elif self._latest and now - self._idle_since >= self._inactivity:
            self._tell(WORN + b"inactivityTimeout (%.0f s)" % (now - self._idle_since))

    def _look_for_overtime(self):
        seconds = self._watch.look()
        said = overtime.said(self._watch.interrupted())
        if said != self._overtime:
            self._overtime = said
            self._tell(OVERTIME + said)
        if seconds is not None:
            self._tell(WORN + b"requestTimeout (%.0f s)" % seconds)

    def _look_for_kept(self):
        self._keeping = False  # first: what is kept from now on says so again
        if self._slots.take_back():
            self._keeping = True

    def _cut_off(self, run, has_begun):
        """Answers in the place of an application that cannot be interrupted, and hangs up."""
        connection = run.connection
        try:
            if not has_begun:
                status, headers, body = wsgi.timeout_answer(run.log.request_id, run.is_head)
                head = http1.format_head(status, [*headers, ("Connection", "close")])
                connection.socket.send(head + body, socket.MSG_DONTWAIT)
            # The gateway reads that answer and hangs up; one that has begun it may not read.
            how = socket.SHUT_RDWR if has_begun else socket.SHUT_WR
            connection.socket.shutdown(how)
        except OSError:  # the gateway has left
            pass
        self._connections.pop(connection.socket.fileno(), None)

    def _patience(self):
        """In milliseconds, until there is something to look at or a drain is over."""
        seconds = []
        if self._inactivity:
            seconds.append(self._inactivity / _LOOKS)
        if self._watch is not None:
            seconds.append(self._watch.interval)
        if self._keeping:
            seconds.append(KEPT)
        if self._drain_until is not None:
            seconds.append(max(0, self._drain_until - monotonic()))
        return min(*seconds, _LONGEST_PATIENCE) * 1000 + 1 if seconds else None

    def _tell(self, report):
        try:
            self._control.send(report)
        except OSError:  # the supervisor is gone; its orders' end says so too
            pass

    def _rouse(self):
        try:
            self._wake.send(b"x")
        except BlockingIOError:  # enough wake-ups are on their way
            pass

    # The crew's threads: requests

    def _wait(self):
        arrived = []
        for descriptor, _ in self._epoll.poll(-1, _EVENTS):
            connection = self._connections.get(descriptor)
            if connection is not None:
                connection.again = True
                if connection.claim.acquire(False):
                    arrived.append(connection)
            elif descriptor == self._stopped.fileno():
                return None
        return arrived

    def _serve(self, connection, slot):
        """Serves a claimed connection until nothing is left on it."""
        connection.slot = slot
        self._attend(connection, self._slots.take)

    def _refuse(self, connection):
        """The same without a slot: says so."""
        self._attend(connection, _no_slot)

    def _attend(self, connection, take):
        try:
            while True:
                while connection.again:
                    connection.again = False
                    if connection.slot is None:
                        connection.slot = take(connection)
                    self._step(connection)
                if connection.slot is not None:  # no head was complete: nothing was served
                    self._put_back(connection)
                connection.claim.release()
                if not connection.again or not connection.claim.acquire(False):
                    return
        except http1.NotCanonical as failure:
            self._reject(connection, failure)
        except (_HungUp, OSError):
            pass
        except BaseException as failure:
            _log(f"{errors.WORKER_FAULT}: {wsgi.format_traceback(failure)}")
        _release(self._slots, connection)
        self._close(connection)

    def _put_back(self, connection):
        if connection.asked and connection.buffer:  # the rest of the head has to find it
            slot, connection.slot = connection.slot, None
            self._slots.hold(connection, slot)
        else:
            _release(self._slots, connection)

    def _step(self, connection):
        """Reads once, and answers if that completes a head."""
        try:
            data = connection.socket.recv(_RECEIVE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if not data:
            raise _HungUp
        if connection.discarding:
            connection.again = True
            return
        if connection.buffer:
            data = connection.buffer + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            if len(data) > http1.HEAD_LIMIT:
                raise http1.NotCanonical("the head is longer than 1 MiB")
            connection.buffer = data
            connection.again = True
            return
        connection.buffer = b""
        if data.startswith(_TURN):
            self._turn(connection, data[len(_TURN) : end], data[end + 4 :])
        else:
            self._answer(connection, data[:end], data[end + 4 :])

    def _turn(self, connection, order, rest):
        """Keeps a thread for this connection now or when one is free, or gives it back."""
        waited = http1.parse_turn(order, rest)
        connection.asked = waited is not None
        if waited is None:
            _release(self._slots, connection)
            connection.socket.sendall(_PASSED)
        elif self._drain_until is not None:
            connection.run = None
            self._finish(connection, _NO_BODY, _refusal("draining"))
        elif connection.slot is None:
            self._slots.ask(connection, waited)
        else:
            slot, connection.slot = connection.slot, None
            self._slots.keep(connection, slot)

    def _keeps(self, connection):
        """Says that a thread is kept for it."""
        try:
            connection.socket.send(_KEPT, socket.MSG_DONTWAIT)
        except OSError:  # the gateway has left, which its event says too
            pass
        if not self._keeping:
            self._keeping = True
            self._rouse()

    def _answer(self, connection, head, rest):
        environ, key, length, expects = http1.parse_head(head, self._base)
        if length >= 0 and len(rest) > length:
            raise http1.NotCanonical("bytes follow the request before its answer")
        if not length:
            body = _NO_BODY
        elif length > 0:
            body = http1.LengthBody(connection.socket, rest, length, expects)
        else:
            body = http1.ChunkedBody(connection.socket, rest, expects)
        connection.run = None
        connection.asked = False
        application = self._applications.get(key)
        if self._drain_until is not None:
            answer = _refusal("draining")
        elif connection.slot is None:
            answer = _refusal("busy")
        elif application is None:
            answer = _refusal("unknown")
        else:
            answer = self._run(connection, application, environ, body, length)
        self._finish(connection, body, answer)

    def _run(self, connection, application, environ, body, length):
        if self._counts:
            self._count()
        if self._root is not None:
            _locate(environ, self._root)
        environ["mod_wsgi.thread_id"] = connection.slot
        environ["wsgi.errors"] = wsgi.ErrorLog(_log, environ.get("mod_wsgi.request_id", "-"))
        sink = _Answer(connection, self._slots, self._watch)
        try:
            if self._watch is None:
                answer = wsgi.run(application, environ, body, sink, length)
            else:
                is_head = environ["REQUEST_METHOD"] == "HEAD"
                connection.run = run = Run(environ["wsgi.errors"], connection, is_head)
                answer = self._watch.run(run, application, environ, body, sink, length)
        except errors.ResponseAborted:
            sink.flush()
            raise _HungUp from None
        return answer

    def _count(self):
        """Notes a request; says so if it is the last that this worker is meant to run."""
        self._latest = number = next(self._numbers)
        if number == self._maximum:
            self._tell(WORN + b"maximumRequests (%d)" % number)

    def _finish(self, connection, body, answer):
        interrupted = connection.run is not None and connection.run.was_interrupted
        reusable = body is _NO_BODY or (not interrupted and body.drain())
        _release(self._slots, connection)
        if answer is not None:
            if not connection.may_answer():
                raise _HungUp
            status, headers, content = answer
            if not reusable:
                headers.append(("Connection", "close"))
            head = http1.format_head(status, headers)
            http1.send(connection.socket, head, content, b"")
        if not reusable:
            # Closing now would reset the connection and with it an answer still on its way.
            connection.discarding = True
            connection.again = True
            connection.socket.shutdown(socket.SHUT_WR)

    def _reject(self, connection, failure):
        text = f"{errors.NOT_CANONICAL}: {failure}\n"
        _log(text.rstrip())
        body = text.encode("latin-1", "replace")
        headers = [("Content-Length", str(len(body))), ("Connection", "close")]
        try:
            connection.socket.sendall(http1.format_head("400 Bad Request", headers) + body)
        except OSError:
            pass

    def _close(self, connection):
        # The claim is kept: a late event for this connection finds it taken.
        self._slots.leave(connection)
        self._connections.pop(connection.socket.fileno(), None)
        connection.socket.close()
        self._tell(SLOT_CLOSED)
        if self._drain_until is not None:
            self._rouse()


def _release(slots, connection):
    slot = connection.slot
    if slot is not None:
        connection.slot = None
        slots.release(slot)


def _locate(environ, root):
    """Makes SCRIPT_FILENAME the path of the file: the gateway knows its name among the files."""
    name = environ.get("SCRIPT_FILENAME")
    if name and name[0] != "/":
        environ["SCRIPT_FILENAME"] = f"{root}/{name}"


def _no_slot(_connection):
    return None


def _refusal(reason):
    headers = [(_REFUSED, reason), ("Content-Length", "0")]
    return "503 Service Unavailable", headers, b""


_NO_BODY = http1.NoBody()
