"""What a gateway runs in each interpreter of embedded mode, before and around the application.

The gateway hands `start` the functions through which Python reaches it:

    read(token, n) -> bytes          the request's body, as `source.read` of kubewsgi.wsgi
    begin(token, status, headers)    an answer that comes in pieces, as `sink` of kubewsgi.wsgi
    write(token, block)
    end(token)
    log(line)                        one line of text into the gateway's log
    interrupt(thread, exception)     has it raised in a thread; None: not any more
    is_multi_phase(module) -> bool   whether an extension module can live in several interpreters
    is_refused(path) -> bool         whether this extension module's file was refused before
    refuse(path)                     it is from now on, in every interpreter

A token names a request; it means nothing after its end.
"""

import _posixsubprocess
import atexit
import io
import os
import sys
from _thread import _local, get_ident
from importlib.machinery import ExtensionFileLoader
from itertools import count
from time import monotonic

from kubewsgi import errors, loading, refusals, wsgi
from kubewsgi.overtime import Run, Watch

# Seconds; the application's threads had the time of the last requests to end before.
_LONGEST_FINISH = 5.0

_current = _local()
_loads = count(1)
_gateway_environ = os.environ
_fork_exec = _posixsubprocess.fork_exec
_posix_spawn = os.posix_spawn
_posix_spawnp = os.posix_spawnp


class Interpreter:
    """One interpreter: its environment, its log and the applications it has loaded."""

    def __init__(self, host, name, threads, is_main):
        self._host = host
        self._name = name
        self._threads = threads
        self._is_main = is_main
        self._watch = None

    def start(self, home, path, variables, limit):
        """Makes the interpreter an application's own; `limit` is requestTimeout, 0: none."""
        if limit:
            # The gateway answers for what cannot be interrupted: for that it needs no GIL.
            self._watch = Watch(limit, self._host["interrupt"], lambda run, has_begun: None)
        _own_environ(variables)
        refusals.install(self._host["log"])
        sys.stdout = _Log(self._host["log"])
        sys.stderr = _Log(self._host["log"])
        sys.stdin = io.StringIO()
        sys.argv = [""]
        if not self._is_main:
            _guard_extensions(self._host)
        loading.activate_python(home, path)

    def load(self, script, callable_name):
        """Loads a script; returns `(handle, base)`: what serves a request, what environs hold."""
        application = loading.load(script, callable_name, f"_kubewsgi_{next(_loads)}")
        base = wsgi.base_environ(
            multithread=self._threads != 1,
            multiprocess=False,
            process_group="",
            application_group=self._name,
        )
        return self._handler(application, os.fsencode(script).decode("latin-1")), base

    def _handler(self, application, script):
        host = self._host
        read, begin, write, end, log = (
            host[name] for name in ("read", "begin", "write", "end", "log")
        )
        watch = self._watch

        def run(environ, channel, length):
            return wsgi.run(application, environ, channel, channel, length)

        def run_watched(environ, channel, length):
            watched = Run(environ["wsgi.errors"], None, environ["REQUEST_METHOD"] == "HEAD")
            return watch.run(watched, application, environ, channel, channel, length)

        if watch is not None:
            run = run_watched

        def handle(environ, token, length):
            """Serves a request: `(status, headers, body)`, or () sent, or (reason,) aborted."""
            request_id = environ["mod_wsgi.request_id"]
            environ["SCRIPT_FILENAME"] = script  # the gateway may know its name in a source alone
            environ["wsgi.errors"] = wsgi.ErrorLog(log, request_id)
            _current.request_id = request_id
            channel = _Channel(token, read, begin, write, end)
            try:
                return run(environ, channel, length) or ()
            except errors.ResponseAborted as failure:
                return (str(failure),)
            finally:
                _current.request_id = None
                channel.token = 0

        return handle

    def look(self):
        """Interrupts what has run too long; `[id, stack, id, stack …]` of what still does."""
        self._watch.look()
        found = []
        for run in self._watch.interrupted():
            found += (run.log.request_id, run.stack)
        return "\0".join(found)

    def stacks(self):
        """The Python stacks of this interpreter's threads, as text."""
        import traceback

        me = get_ident()
        return "\n".join(
            f"Thread {ident}:\n" + "".join(traceback.format_stack(frame))
            for ident, frame in sys._current_frames().items()
            if ident != me
        )

    def finish(self):
        """Waits, but not for ever, for the application's threads, and runs its atexit functions.

        The threads keep the interpreter from being ended. What threading._shutdown does, which may
        be called on one thread only, and has no limit. The functions would be run by whoever ends
        the interpreter: the one main thread of all, and too late to end threads.
        """
        until = monotonic() + _LONGEST_FINISH
        threading = sys.modules.get("threading")
        if threading is not None:
            for stop in reversed(threading._threading_atexits):
                stop()
            self._join_threads(threading, until, daemons=False)
        atexit._run_exitfuncs()
        if threading is not None:
            self._join_threads(threading, until, daemons=True)

    def _join_threads(self, threading, until, daemons):
        for thread in threading.enumerate():
            is_meant = daemons or not thread.daemon
            if is_meant and thread.ident != get_ident() and _was_started_here(thread):
                thread.join(max(0, until - monotonic()))


class _Channel:
    """`source` and `sink` of one request."""

    __slots__ = ("token", "begun", "_read", "_begin", "_write", "_end")

    def __init__(self, token, read, begin, write, end):
        self.token = token
        self.begun = False
        self._read = read
        self._begin = begin
        self._write = write
        self._end = end

    def read(self, size):
        return self._read(self.token, size)

    def start(self, status, headers):
        self.begun = True
        self._begin(self.token, status, headers)

    def write(self, block):
        self._write(self.token, block)

    def end(self):
        self._end(self.token)


class _Log:
    """sys.stdout and sys.stderr: whole lines go to the gateway's log with their request's id."""

    encoding = "utf-8"
    errors = "backslashreplace"
    newlines = None
    closed = False
    name = "<gateway log>"
    mode = "w"

    def __init__(self, log):
        self._log = log
        self._pending = ""

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() takes str, not {type(text).__name__}")
        lines = (self._pending + text).split("\n")
        self._pending = lines.pop()
        for line in lines:
            self._emit(line)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        line, self._pending = self._pending, ""
        if line:
            self._emit(line)

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def fileno(self):
        raise OSError("in embedded mode standard output is the gateway's log, not a file")

    def _emit(self, line):
        request_id = getattr(_current, "request_id", None)
        self._log(f"[{request_id}] {line}" if request_id else line)


def _was_started_here(thread):
    """Whether Python started it: not its main thread, nor one that the gateway lent."""
    return type(thread).__name__ not in ("_MainThread", "_DummyThread")


def _own_environ(variables):
    """Gives the interpreter an os.environ of its own: putenv() would change the gateway's."""

    class Environ(type(_gateway_environ)):
        def __setitem__(self, key, value):
            self._data[self.encodekey(key)] = self.encodevalue(value)

        def __delitem__(self, key):
            try:
                del self._data[self.encodekey(key)]
            except KeyError:
                raise KeyError(key) from None

    def copy(old, data):
        return Environ(data, old.encodekey, old.decodekey, old.encodevalue, old.decodevalue)

    own = copy(_gateway_environ, dict(_gateway_environ._data))
    for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "KUBE_WSGI_JAVA_OPTS"):
        own.pop(name, None)  # the gateway's launcher set these for its own process
    own.update(variables)
    os.environb = copy(os.environb, own._data)
    os.environ = own  # noqa: B003 the C environment is what must not change
    _hand_environ_to_children(own)


def _hand_environ_to_children(own):
    """Makes child processes inherit os.environ, as everywhere else.

    They would inherit the C environment, which nobody writes here.
    """

    def fork_exec_with_environ(*arguments):
        arguments = list(arguments)
        if arguments[5] is None:
            arguments[5] = [
                key + b"=" + value for key, value in own._data.items() if b"=" not in key
            ]
        return _fork_exec(*arguments)

    _posixsubprocess.fork_exec = fork_exec_with_environ

    def with_environ(spawn):
        def spawn_with_environ(path, argv, env, **options):
            return spawn(path, argv, own if env is None else env, **options)

        return spawn_with_environ

    os.posix_spawn = with_environ(_posix_spawn)
    os.posix_spawnp = with_environ(_posix_spawnp)


def _guard_extensions(host):
    """Refuses extension modules that only one interpreter of a process can hold.

    Loading such a module a second time crashes the process, so a refused file stays refused.
    The standard library's own modules are built to be shared.
    """
    create = ExtensionFileLoader.create_module
    standard = tuple(entry + os.sep for entry in sys.path if entry.endswith("lib-dynload")) or (
        sys.base_prefix + os.sep,
    )

    def create_module(loader, spec):
        if spec.origin.startswith(standard):
            return create(loader, spec)
        if not host["is_refused"](spec.origin):
            module = create(loader, spec)
            if host["is_multi_phase"](module):
                return module
            sys.modules.pop(spec.name, None)  # where CPython has put it already
            host["refuse"](spec.origin)
        raise ImportError(
            f"{errors.EXTENSION_REFUSED}: the extension module {spec.name} ({spec.origin}) cannot "
            "live in a sub-interpreter; set spec.processGroup of the alias to a daemon group, or "
            "spec.applicationGroup to '%{GLOBAL}' for the main interpreter",
            name=spec.name,
            path=spec.origin,
        )

    ExtensionFileLoader.create_module = create_module


def describe(failure):
    """A failed load as `(code, message, traceback)`."""
    if isinstance(failure, errors.LoadError):
        return failure.code, failure.message, failure.traceback_text
    return errors.SCRIPT_RAISED, f"{type(failure).__name__}: {failure}", ""
