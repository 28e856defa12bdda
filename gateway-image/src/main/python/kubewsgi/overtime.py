"""Requests that run for longer than requestTimeout: shown, interrupted, cut off, given up.

mod_wsgi's request-timeout ends the whole process, and with it the requests of its neighbours. Here
the one thread is interrupted. Code that waits outside Python does not notice: then its client is
answered in its place and its connection shut, which wakes what waits for the client. Only a thread
that still does not come back costs the worker.

One thread looks, of a worker its main thread; those that run requests `enter` and `leave`, without
a lock that an interrupted one could be left holding.
"""

import sys
from _thread import allocate_lock, get_ident
from time import monotonic, sleep

from kubewsgi import errors, wsgi

# So many requests, with the innermost part of so many bytes of each stack, fit into one report.
_MOST_SAID = 32
_MOST_STACK = 1500

# For what is interrupted to come back, and then for what is cut off: with what looks may be late
# and another worker needs to start, a thread is replaced within two seconds.
_GRACE_SECONDS = 0.75
_RUNNING, _INTERRUPTED, _CUT_OFF, _GIVEN_UP = range(4)


class Run:
    """A request of the calling thread in an application."""

    __slots__ = (
        "thread",
        "log",
        "connection",
        "is_head",
        "started",
        "due",  # the next step
        "stage",  # the last one
        "held",  # the watch is at it: the request must not end meanwhile
        "stack",  # where it stood when it was interrupted
        "_answer",
    )

    def __init__(self, log, connection, is_head):
        self.thread = get_ident()
        self.log = log
        self.connection = connection
        self.is_head = is_head
        self.started = self.due = None
        self.stage = _RUNNING
        self.held = False
        self.stack = ""
        self._answer = allocate_lock()

    @property
    def was_interrupted(self):
        """Whether what its thread was at may be half done."""
        return self.stage != _RUNNING

    def claim(self):
        """True for the one who may send the answer's first byte: its own thread, or the watch."""
        return self._answer.acquire(False)


class Watch:
    """The requests of an interpreter.

    `interrupt(thread, exception)` has an exception raised in a thread as soon as it runs Python
    code, or with None not any more. `cut_off(run, has_begun)` answers for a request that does not
    end.
    """

    def __init__(self, limit, interrupt, cut_off):
        self._limit = limit
        self._interrupt = interrupt
        self._cut_off = cut_off
        self._running = {}

    @property
    def interval(self):
        """Seconds between two looks."""
        return min(0.25, self._limit / 4)

    def run(self, run, application, environ, source, sink, length):
        """`wsgi.run`, watched; `sink.begun` tells whether the answer's head is out."""
        try:
            try:
                self.enter(run)
                return wsgi.run(application, environ, source, sink, length)
            finally:
                self.leave(run)
        except errors.TimedOut:  # just when the application had not begun, or had ended
            self.leave(run)
            if sink.begun:
                raise errors.ResponseAborted(errors.TIMED_OUT, "interrupted at its end") from None
            return wsgi.timeout_answer(run.log.request_id, run.is_head)

    def enter(self, run):
        """The request begins: from in here on TimedOut may be raised in its thread, once."""
        run.started = monotonic()
        run.due = run.started + self._limit
        self._running[run.thread] = run

    def leave(self, run):
        """It has ended: from here on nothing is done for its sake, and TimedOut is not raised.

        If it is raised in here, this has to be called again.
        """
        self._running.pop(run.thread, None)
        while run.held:
            sleep(0.001)
        if run.was_interrupted:
            self._interrupt(run.thread, None)

    def look(self):
        """Does what is due; how long a request has run that costs the worker, or None."""
        given_up = None
        for run in list(self._running.values()):
            if monotonic() < run.due or run.stage == _GIVEN_UP:
                continue
            run.held = True
            try:
                if self._running.get(run.thread) is run:  # else it has just ended
                    given_up = self._go_on(run) or given_up
            finally:
                run.held = False
        return given_up

    def interrupted(self):
        """Those that have been interrupted and still run."""
        return [run for run in list(self._running.values()) if run.was_interrupted]

    def _go_on(self, run):
        """The next step with a request; how long it has run if that was the last."""
        now = monotonic()
        seconds = now - run.started
        # From when this was due, so that late looks do not add up; half of it is left in any case.
        run.due = max(run.due + _GRACE_SECONDS, now + _GRACE_SECONDS / 2)
        run.stage += 1
        if run.stage == _INTERRUPTED:
            run.stack = _stack(run.thread)
            run.log.report(
                f"{errors.TIMED_OUT}: the request has run for {seconds:.1f} s, longer than "
                f"requestTimeout, and is interrupted; it stands here:\n" + run.stack
            )
            self._interrupt(run.thread, errors.TimedOut)
        elif run.stage == _CUT_OFF:
            self._cut_off(run, not run.claim())
        return seconds if run.stage == _GIVEN_UP else None


def said(runs):
    """Requests and where they stand, as a worker reports them: `id\\0stack` after `id\\0stack`."""
    parts = []
    for run in runs[:_MOST_SAID]:
        stack = run.stack.encode("utf-8", "backslashreplace")[-_MOST_STACK:]
        parts += (run.log.request_id.encode("utf-8"), stack.replace(b"\0", b"?"))
    return b"\0".join(parts)


def heard(text):
    """What `said` gave, as `(id, stack)` pairs; an application can write there, too."""
    parts = text.decode("utf-8", "replace").split("\0")
    return list(zip(parts[::2], parts[1::2]))


def interrupter():
    """`interrupt` of a process whose main program is Python."""
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:  # built without libffi: nothing can be interrupted, only cut off
        return lambda thread, exception: None

    def interrupt(thread, exception):
        raised = py_object(exception) if exception else None
        pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), raised)

    return interrupt


def _stack(thread):
    import traceback  # loaded when it is needed first: it brings a dozen modules

    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else ""
