"""What embedded code may not do to the process, which is the gateway's and other applications'.

Against accidents and not against intent: whoever looks for a way round finds one. What is refused
raises RuntimeError and says what to do instead; calls that code makes to be on the safe side do
less than elsewhere, and the log says so. docs/embedded-limits.md lists them all, with what each
did to a gateway that let it pass.
"""

import os
import sys
from importlib import import_module

from kubewsgi import errors

# Levels of calls that go through C need up to 6 kB of stack each (`sorted` in `__lt__` on CPython
# 3.13; 2.6 kB on 3.11, and less elsewhere). The gateway gives its threads as much: PythonRuntime.
_DEEPEST_RECURSION = 10_000
_STACK_BYTES = 64 << 20

_PROCESS = os.getpid()

_DAEMON = "move the alias to a daemon group (spec.processGroup)"


def install(log):
    """Puts the refusals into the modules of this interpreter; `log` takes a line of text."""
    if hasattr(sys.setrecursionlimit, "is_bounded"):
        return  # the main interpreter once more, for other code
    for modules, names, instead, is_harmful in _REFUSED:
        for name in names:
            _refuse(modules, name, instead, is_harmful)
    _bound_recursion(log)
    _ignore_crash_handlers(log)


class _Refusal:
    """A function in the place of another; no descriptor, as functions of C are none."""

    __slots__ = ("_original", "_is_harmful", "_message")

    def __init__(self, original, is_harmful, message):
        self._original = original
        self._is_harmful = is_harmful
        self._message = message

    def __call__(self, *arguments, **options):
        # In a child between its fork and its exec (preexec_fn) everything is the child's own.
        if os.getpid() == _PROCESS and self._is_harmful(*arguments, **options):
            raise RuntimeError(self._message)
        return self._original(*arguments, **options)

    def __getattr__(self, name):
        return getattr(self._original, name)


def _refuse(modules, name, instead, is_harmful):
    message = (
        f"{errors.GATEWAY_PROTECTED}: {modules[-1]}.{name}() would end or change the gateway's "
        f"process, which other applications share; {instead}, or {_DAEMON}"
    )
    for module in filter(None, map(_present, modules)):
        original = getattr(module, name, None)
        if original is not None:
            setattr(module, name, _Refusal(original, is_harmful, message))


def _present(name):
    """A module of C, which costs nothing to import, or a larger one that is there already."""
    if name in sys.modules or name == "signal":
        return sys.modules.get(name)
    try:
        return import_module(name)
    except ImportError:  # not part of every Python
        return None


def _bound_recursion(log):
    """A deeper one would leave the thread's stack: the process then ends without a word."""
    import _thread

    set_limit = sys.setrecursionlimit
    _thread.stack_size(_STACK_BYTES)

    def setrecursionlimit(limit, /):
        if limit > _DEEPEST_RECURSION:
            log(
                f"{errors.GATEWAY_PROTECTED}: sys.setrecursionlimit({limit}) sets "
                f"{_DEEPEST_RECURSION} in the gateway's process; if the application needs more, "
                f"{_DAEMON}"
            )
        set_limit(min(limit, _DEEPEST_RECURSION))

    setrecursionlimit.is_bounded = True
    sys.setrecursionlimit = setrecursionlimit


def _ignore_crash_handlers(log):
    """They are of the process: the signals that they take are how the JVM does ordinary work."""
    import faulthandler

    def ignored(name):
        def ignore(*_, **__):
            log(
                f"{errors.GATEWAY_PROTECTED}: faulthandler.{name}() does nothing in the gateway's "
                f"process, which other applications share; to use it, {_DAEMON}"
            )

        return ignore

    faulthandler.enable = ignored("enable")
    faulthandler.register = ignored("register")
    # It would go on to look at an interpreter that has ended.
    faulthandler.dump_traceback_later = ignored("dump_traceback_later")


# When a call is harmful.


def _always(*_, **__):
    return True


def _is_own_process(pid, signal, /):
    """0, -1 and the negative of the own process group mean this process, too."""
    return signal != 0 and (pid in (0, -1, os.getpid()) or pid == -os.getpgrp())


def _is_own_group(group, signal, /):
    return signal != 0 and group in (0, os.getpgrp())


def _is_any_child(pid, *_, **__):
    """One that the gateway has started is missed by it, if somebody else takes its end."""
    return pid < 1


def _is_not_one_child(kind, *_):
    return kind not in (os.P_PID, getattr(os, "P_PIDFD", os.P_PID))


def _sends_a_signal(thread, signal, /):
    return signal != 0


def _sets_an_alarm(seconds, /):
    return seconds != 0


def _is_standard_stream(fd):
    return 0 <= fd <= 2


def _replaces_standard_stream(fd, fd2, inheritable=True):
    return 0 <= fd2 <= 2


def _blocks_faults(how, mask, /):
    """SIGILL, SIGBUS, SIGFPE and SIGSEGV are how the JVM learns of a null reference."""
    import signal

    if not isinstance(mask, (set, frozenset, list, tuple)):
        return True  # to look into an iterator would empty it
    faults = {signal.SIGILL, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV}
    return how != signal.SIG_UNBLOCK and not faults.isdisjoint(mask)


def _limits_own_process(pid, resource, limits=None, /):
    return limits is not None and pid in (0, os.getpid())


_OS = ("posix", "os")
_SIGNAL = ("_signal", "signal")
_RAISE = "raise an exception"
_WAIT = "wait for a child by its pid"
_USERS = ("setuid", "seteuid", "setreuid", "setresuid", "setgid", "setegid", "setregid")
_USERS += ("setresgid", "setgroups", "initgroups")

# Modules, from the one that defines to the one that is used; names; what to do instead; when.
_REFUSED = (
    (_OS, ("_exit", "abort"), _RAISE, _always),
    (_OS, ("kill",), _RAISE, _is_own_process),
    (_OS, ("killpg",), _RAISE, _is_own_group),
    (_SIGNAL, ("raise_signal",), _RAISE, _always),
    (_SIGNAL, ("pthread_kill",), _RAISE, _sends_a_signal),
    (_OS, ("fork", "forkpty", "execv", "execve"), "use subprocess", _always),
    (_OS, ("wait", "wait3"), _WAIT, _always),
    (_OS, ("waitpid", "wait4"), _WAIT, _is_any_child),
    (_OS, ("waitid",), _WAIT, _is_not_one_child),
    (_OS, ("closerange",), "close what the application has opened", _always),
    (_OS, ("close",), "close what the application has opened", _is_standard_stream),
    (_OS, ("dup2",), "use contextlib.redirect_stdout", _replaces_standard_stream),
    (_OS, ("chdir", "fchdir", "chroot"), "use absolute paths", _always),
    (_OS, _USERS, "start the gateway as that user", _always),
    (_SIGNAL, ("alarm",), "use threading.Timer", _sets_an_alarm),
    (_SIGNAL, ("setitimer",), "use threading.Timer", _always),
    (_SIGNAL, ("siginterrupt",), "leave signals to the gateway", _always),
    (_SIGNAL, ("pthread_sigmask",), "block no signals that faults send", _blocks_faults),
    (("resource",), ("setrlimit",), "set the limits of the gateway", _always),
    (("resource",), ("prlimit",), "set the limits of the gateway", _limits_own_process),
)
