"""The command line."""

import argparse
import os
import sys
from pathlib import Path

from controlplane import lifetime
from controlplane.failure import Failure
from nodes import cluster
from nodes.place import ClusterPlace

_DESCRIPTION = """\
A Kubernetes cluster with two nodes on this machine, for the tests, without Docker: etcd,
kube-apiserver, kube-controller-manager and kube-scheduler as processes of this machine, and each
node in namespaces of its own with containerd, kubelet and kube-proxy. CoreDNS and metrics-server
run in it as pods. Needs root. It can be reached from this machine alone, and reaches nothing else.

DIR/kubeconfig is of a user who may do everything, DIR/env is for a shell to source (its PATH has
kubectl then), DIR/audit.log has every request, DIR/logs a log for each part. Pods and Services are
reached at their addresses, node ports at those of the nodes. A start is always of an empty cluster.

Exit code 0: done; for status: it is up. 1: it failed, or is not up. 3: this machine lacks a
program that is needed.
"""


def main(arguments):
    options = _options(arguments)
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # what only root's has is not missing
    try:
        return options.command(ClusterPlace(options.directory), options)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="cluster",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, function, what):
        added = commands.add_parser(name, help=what, description=what)
        added.add_argument("directory", metavar="DIR")
        added.set_defaults(command=function)
        return added

    command("start", _start, "start one, unless one runs in DIR, and leave it running")
    lifetime.add_options(command("run", _run, "start one and end it on SIGTERM or SIGINT"))
    load = command("load", _load, "take the images of an archive into each node")
    load.add_argument("archive", metavar="IMAGE.tar", type=Path, help="of docker save, or OCI")
    tag = command("tag", _tag, "give an image of the nodes another name")
    tag.add_argument("image", metavar="IMAGE", help="its whole name, with its tag")
    tag.add_argument("name", metavar="NAME", help="the other one")
    restart = command("restart", _restart, "kill a part and start it again")
    restart.add_argument("part", metavar="PART", help="such as etcd or node-1-kubelet; see status")
    restart.add_argument("--after", metavar="SECONDS", type=float, default=0, help="of its absence")
    command("stop", _stop, "end what was started in DIR, also after a crash")
    command("status", _status, "say what runs in DIR")
    return parser.parse_args(arguments)


def _start(place, _):
    cluster.start(place, bound=False)
    lifetime.say_what_is_up(place)
    return 0


def _run(place, options):
    return lifetime.run(
        place,
        lambda: cluster.start(place, bound=True),
        lambda: cluster.stop(place),
        options.exit_with_stdin,
    )


def _load(place, options):
    cluster.load(place, options.archive)
    return 0


def _tag(place, options):
    cluster.tag(place, options.image, options.name)
    return 0


def _restart(place, options):
    cluster.restart(place, options.part, options.after)
    return 0


def _stop(place, _):
    cluster.stop(place)
    return 0


def _status(place, _):
    return lifetime.say_status(place)
