"""What a gateway runs in each interpreter of embedded mode, before and around the application.

The gateway hands `start` the functions through which Python reaches it:

    read(token, n) -> bytes          the request's body, as `source.read` of kubewsgi.wsgi
    begin(token, status, headers)    an answer that comes in pieces, as `sink` of kubewsgi.wsgi
    write(token, block)
    end(token)
    log(line)                        one line of text into the gateway's log
    interrupt(thread, exception)     has it raised in a thread; None: not any more
    begin_load(interpreter)          waits while another interpreter loads an extension module
    end_load(interpreter)
    loaded(path, interpreter)        it has loaded the extension module of this file
    is_elsewhere(path, interpreter) -> bool    another one was the first that did
    refusal_of_file(path) -> str     why its module cannot be in a sub-interpreter; None: it may
    refusal_of_module(module) -> str    the same of a module that has been created
    refuse(path, reason)             from now on, in every sub-interpreter

beside `interpreter`, its number. A token names a request; it means nothing after its end.
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
# Each revision in the main interpreter puts its own functions before these.
_create_module = ExtensionFileLoader.create_module
_exec_module = ExtensionFileLoader.exec_module


class Interpreter:
    """One interpreter: its environment, its log and the applications it has loaded."""

    def __init__(self, host, name, threads, is_main):
        self._host = host
        self._name = name
        self._threads = threads
        self._is_main = is_main
        self._modules = []  # the names of the scripts' own
        self._watch = None
        self._extensions = _Extensions(host, is_main)

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
        self._extensions.install()
        loading.activate_python(home, path)

    def load(self, script, callable_name):
        """Loads a script; returns `(handle, base)`: what serves a request, what environs hold."""
        name = f"_kubewsgi_{next(_loads)}"
        self._modules.append(name)
        application = self._extensions.watch(
            script, lambda: loading.load(script, callable_name, name)
        )
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
        """Lets the applications go; of the main interpreter, only what it holds of them."""
        if not self._is_main:
            self._end_threads()
        for name in self._modules:
            sys.modules.pop(name, None)

    def _end_threads(self):
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


class _Extensions:
    """Loads the extension modules of an interpreter, or says why it cannot have one.

    Their C code and its data are of the whole process. The standard library's are built for that.
    """

    def __init__(self, host, is_main):
        self._host = host
        self._number = host["interpreter"]
        self._is_main = is_main
        self._unsaid = None  # what was refused to a script that is being loaded
        self._standard = tuple(
            entry + os.sep for entry in sys.path if entry.endswith("lib-dynload")
        ) or (sys.base_prefix + os.sep,)

    def install(self):
        """Stands between Python's import system and its loader of extension modules."""

        def create_module(loader, spec):
            if spec.origin.startswith(self._standard):
                return _create_module(loader, spec)
            return self._load(_create_module, loader, spec, spec)

        def exec_module(loader, module):
            spec = module.__spec__
            if spec.origin.startswith(self._standard):
                return _exec_module(loader, module)
            return self._load(_exec_module, loader, module, spec)

        ExtensionFileLoader.create_module = create_module
        ExtensionFileLoader.exec_module = exec_module

    def watch(self, script, load):
        """What `load` returns; the LoadError of a refusal that the script does not survive."""
        self._unsaid = []
        try:
            application = load()
            for refusal in self._unsaid:
                self._host["log"](f"{refusal}. The script {script} goes on without it")
            return application
        except errors.LoadError as failure:
            refusal = _refusal_behind(failure)
            if refusal is None:
                raise
            raise errors.LoadError(
                errors.EXTENSION_REFUSED,
                f"the script {script} cannot be loaded: {refusal}",
                failure.traceback_text,
            ) from None
        finally:
            self._unsaid = None

    def _load(self, step, loader, argument, spec):
        path = spec.origin
        if not self._is_main:
            reason = self._host["refusal_of_file"](path)
            if reason is not None:
                raise self._refusal(spec, reason)
        self._host["begin_load"](self._number)
        try:
            result = step(loader, argument)
        except ImportError as failure:
            if self._is_once_only(path, failure):
                reason = f"another interpreter has loaded it ({failure})"
                self._host["refuse"](path, reason)
                raise self._refusal(spec, reason) from failure
            raise
        finally:
            self._host["end_load"](self._number)
        if argument is spec and not self._is_main:
            self._check_created(spec, result)
        elif argument is not spec:
            self._host["loaded"](path, self._number)
        return result

    def _check_created(self, spec, module):
        reason = self._host["refusal_of_module"](module)
        if reason is not None:
            sys.modules.pop(spec.name, None)  # where CPython has put one of the old form already
            self._host["refuse"](spec.origin, reason)
            raise self._refusal(spec, reason)

    def _is_once_only(self, path, failure):
        """Whether its second load fails by the module's own will, not for want of another one."""
        return (
            not self._is_main
            and not isinstance(failure, ModuleNotFoundError)
            and _refusal_behind(failure) is None
            and self._host["is_elsewhere"](path, self._number)
        )

    def _refusal(self, spec, reason):
        refusal = (
            f"{errors.EXTENSION_REFUSED}: the extension module {spec.name} ({spec.origin}) cannot "
            f"be in a sub-interpreter: {reason}; set spec.processGroup of the alias to a daemon "
            "group, or spec.applicationGroup to '%{GLOBAL}' for the main interpreter"
        )
        if self._unsaid is None:
            self._host["log"](refusal)
        else:
            self._unsaid.append(refusal)
        return ImportError(refusal, name=spec.name, path=spec.origin)


def _refusal_behind(failure):
    """The text, without its code, of the refused extension module that led to a failure, or None.

    Packages catch the ImportError and raise one of their own.
    """
    seen = []
    unseen = [failure]
    while unseen:
        failure = unseen.pop()
        if failure is None or failure in seen:
            continue
        code, _, text = str(failure).partition(": ")
        if isinstance(failure, ImportError) and code == errors.EXTENSION_REFUSED:
            return text
        seen.append(failure)
        unseen += (failure.__cause__, failure.__context__)
    return None


def describe(failure):
    """A failed load as `(code, message, traceback)`."""
    if isinstance(failure, errors.LoadError):
        return failure.code, failure.message, failure.traceback_text
    return errors.SCRIPT_RAISED, f"{type(failure).__name__}: {failure}", ""
