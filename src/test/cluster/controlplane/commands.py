"""The command line."""

import argparse
import sys

from controlplane import lifetime, plane
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
    lifetime.add_options(run)
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
    lifetime.say_what_is_up(place)
    return 0


def _run(place, options):
    return lifetime.run(
        place,
        lambda: plane.start(place, _wishes(options, bound=True)),
        lambda: plane.stop(place),
        options.exit_with_stdin,
    )


def _stop(place, _):
    plane.stop(place)
    return 0


def _status(place, _):
    return lifetime.say_status(place)
