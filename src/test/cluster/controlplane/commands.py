"""The command line."""

import argparse
import os
import select
import signal
import sys

from controlplane import plane, processes
from controlplane.failure import Failure
from controlplane.place import Place

_DESCRIPTION = """\
A Kubernetes control plane without nodes, for the tests: etcd, kube-apiserver and
kube-controller-manager as processes of this machine, listening on 127.0.0.1 alone. Pods stay
Pending unless somebody writes their status.

DIR/kubeconfig is of a user who may do everything, DIR/env is for a shell to source (its PATH has
kubectl then), DIR/audit.log has every request, DIR/logs a log for each part. A start is always of
an empty cluster.

Exit code 0: done; for status: it is up. 1: it failed, or is not up. 3: this machine lacks a
program that is needed.
"""


def main(arguments):
    options = _options(arguments)
    try:
        return options.command(Place(options.directory), options)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="control-plane",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, function, what):
        added = commands.add_parser(name, help=what, description=what)
        added.add_argument("directory", metavar="DIR")
        added.set_defaults(command=function)
        return added

    start = command("start", _start, "start one, unless one runs in DIR, and leave it running")
    run = command("run", _run, "start one and end it on SIGTERM or SIGINT")
    command("stop", _stop, "end what was started in DIR, also after a crash")
    command("status", _status, "say what runs in DIR")
    for each in (start, run):
        _add_wishes(each)
    run.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="end it at the end of standard input too, as when the program that holds it has died",
    )
    return parser.parse_args(arguments)


def _add_wishes(parser):
    parser.add_argument("--port", type=int, default=0, help="of the API server (default: any free)")
    parser.add_argument(
        "--controllers",
        default="all",
        metavar="all|none|LIST",
        help="LIST as kube-controller-manager takes it (default: all but those for nodes)",
    )
    parser.add_argument("--scheduler", action="store_true", help="start kube-scheduler too")
    parser.add_argument(
        "--apply",
        action="append",
        default=[],
        metavar="PATH",
        help="objects to apply before any controller runs, such as CustomResourceDefinitions",
    )


def _wishes(options, bound):
    return plane.Wishes(
        port=options.port,
        controllers=options.controllers,
        scheduler=options.scheduler,
        objects=tuple(options.apply),
        bound=bound,
    )


def _start(place, options):
    plane.start(place, _wishes(options, bound=False))
    _say_what_is_up(place)
    return 0


def _say_what_is_up(place):
    """To standard output only what a shell can evaluate."""
    print(place.about.read_text().strip(), file=sys.stderr, flush=True)
    print(place.env.read_text().splitlines()[0], flush=True)


def _run(place, options):
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    if plane.is_up(place):
        raise Failure(f"KW217 A control plane runs in {place.directory} already: end that first.")
    try:
        plane.start(place, _wishes(options, bound=True))
        _say_what_is_up(place)
        _watch(place, [sys.stdin] if options.exit_with_stdin else [])
    except _Ended:
        pass
    finally:
        plane.stop(place)
    return 0


class _Ended(BaseException):
    """Somebody asked for the end; of BaseException, so that no clean-up on the way takes it."""


def _end(*_):
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise _Ended


def _watch(place, streams):
    """Returns when a stream has ended; a part that has is a failure."""
    while True:
        ready, _, _ = select.select(streams, [], [], 1)
        if ready and not os.read(ready[0].fileno(), 512):
            return
        ended = plane.ended_part(place)
        if ended:
            raise Failure(f"KW217 The tests' control plane is ended, because {ended}")


def _stop(place, _):
    plane.stop(place)
    return 0


def _status(place, _):
    for process in processes.recorded(place):
        print(f"{process.name}: {f'runs as {process.pid}' if process.runs() else 'has ended'}")
    if not plane.is_up(place):
        print(f"no control plane is up in {place.directory}")
        return 1
    print(place.about.read_text().strip())
    print(place.env.read_text().splitlines()[0])
    return 0
