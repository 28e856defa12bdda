"""What a machine has to have before a node can be started on it."""

import os
import shutil
import subprocess

from controlplane.failure import Missing
from nodes import cgroups
from nodes.programs import cni_plugins

_PACKAGE_OF = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "pivot_root": "util-linux",
    "ip": "iproute2",
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "iptables": "iptables",
    "conntrack": "conntrack",
}
_CNI = "containernetworking-plugins"


def check():
    """Raises Missing for what this machine lacks, with the command that brings it."""
    _check_programs()
    _check_rights()


def _check_programs():
    programs = [program for program in _PACKAGE_OF if shutil.which(program) is None]
    packages = {_PACKAGE_OF[program] for program in programs}
    if cni_plugins() is None:
        programs.append("CNI's plugins")
        packages.add(_CNI)
    if programs:
        raise Missing(
            f"KW218 The nodes of the tests' cluster need what this machine lacks:"
            f" {', '.join(programs)}.\n"
            f"      Install it:  apt-get install {' '.join(sorted(packages))}"
            "   (or, as root: tools/setup cluster)"
        )


def _check_rights():
    kinds = ("--pid", "--fork", "--mount", "--net", "--uts", "--ipc")
    done = subprocess.run(["unshare", *kinds, "true"], capture_output=True, text=True, check=False)
    if os.geteuid() != 0 or done.returncode:
        raise Missing(
            "KW218 A node needs namespaces and mounts that only root may make, and in a container"
            f" only if it is privileged. {done.stderr.strip()}\n      Run this as root."
        )
    read_only = [str(each) for each in cgroups.hierarchies() if not os.access(each, os.W_OK)]
    if read_only:
        raise Missing(
            f"KW218 Pods need cgroups, and none can be made in {', '.join(read_only)}."
            "\n      Run this where they can be: not in an unprivileged container."
        )
