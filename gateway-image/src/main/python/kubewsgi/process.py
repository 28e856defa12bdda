"""What Linux sees of our processes: their title, their user, their bonds, and why they ended."""

import os
import pwd
import signal

from kubewsgi.errors import GROUP_IDENTITY, LoadError

try:
    import ctypes
except ImportError:  # a Python built without libffi: no title, and the parent's end is seen later
    ctypes = None

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
# The kubelet reads no more: terminationMessagePath in Kubernetes' API.
_LONGEST_LAST_WORDS = 4096


def set_title(title):
    """Makes `ps -ef` show `title`, and `pkill -f` find it, by overwriting the arguments in memory.

    Nothing in the standard library does this. A title that is longer than the command line was is
    cut. None leaves the command line as it is.
    """
    if title is None or ctypes is None:
        return
    raw = title.encode("utf-8", "replace")
    start, end = _argument_area()
    room = end - start
    if room > 1:
        # The last byte stays NUL: without it the kernel reads on into the environment.
        ctypes.memmove(start, raw[: room - 1].ljust(room, b"\0"), room)
    ctypes.CDLL(None).prctl(_PR_SET_NAME, raw[:15], 0, 0, 0)


def die_with_parent(parent):
    """Has the kernel kill this process as soon as `parent` ends. Changing the user undoes it."""
    if ctypes is not None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def drop_identity(uid, gid):
    """Becomes `uid` and `gid` for good, with the groups of that user; None keeps what is.

    Raises LoadError where the system refuses.
    """
    if uid in (None, os.getuid()) and gid in (None, os.getgid()):
        return
    user = _user(uid)
    if gid is None:
        gid = user.pw_gid if user else os.getgid()
    try:
        if user:
            os.initgroups(user.pw_name, gid)
        else:  # an arbitrary uid without an entry, as clusters give them
            os.setgroups([gid])
        os.setgid(gid)
        if uid is not None:
            os.setuid(uid)
    except OSError as failure:
        raise LoadError(
            GROUP_IDENTITY,
            f"the supervisor (uid {os.getuid()}) cannot start workers as uid {uid}, gid {gid} "
            f"({failure.strerror}); start it as root, or leave out user and group",
        ) from None
    if user:
        os.environ.update(HOME=user.pw_dir, USER=user.pw_name, LOGNAME=user.pw_name)


def detach_stdin():
    """Replaces the standard input, which belongs to the supervisor, by an empty one."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def leave_last_words(text):
    """Leaves the first line of `text` where the kubelet looks for why a container ended.

    Where there is no such file, or it cannot be written, this does nothing.
    """
    path = os.environ.get("KUBE_WSGI_TERMINATION_LOG", "/dev/termination-log")
    line = text.partition("\n")[0].encode("utf-8", "backslashreplace")
    try:
        file = os.open(path, os.O_WRONLY | os.O_TRUNC)  # without O_CREAT: only the kubelet makes it
    except OSError:
        return
    try:
        os.write(file, line[:_LONGEST_LAST_WORDS])
    except OSError:
        pass
    os.close(file)


def _user(uid):
    try:
        return None if uid is None else pwd.getpwuid(uid)
    except KeyError:
        return None


def _argument_area():
    # proc(5): arg_start and arg_end are fields 48 and 49; the command's name may hold anything.
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return int(fields[45]), int(fields[46])
