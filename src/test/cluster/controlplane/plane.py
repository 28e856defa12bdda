"""A control plane's life: start, look, end."""

import dataclasses
import re
import shlex
import subprocess
import tempfile
import time
from pathlib import Path

from controlplane import parts, processes
from controlplane.api import Api
from controlplane.failure import Failure, Missing
from controlplane.trust import ADMIN, CONTROLLER_MANAGER, SCHEDULER, Trust

_BUILD = Path(__file__).resolve().parent.parent / "build"
_PATIENCE = 120  # seconds for a part to come up: a busy machine of two cores needs 20
_LINES = 15  # of a log that a failure shows


@dataclasses.dataclass(frozen=True)
class Wishes:
    """What a control plane is to be.

    port: of the API server; 0: a free one
    controllers: `all`, `none`, or a list as kube-controller-manager takes it
    scheduler: whether pods are given nodes
    objects: files or directories to apply before any controller runs: garbage collection knows the
        kinds of definitions that are there then at once, and otherwise within half a minute
    bound: whether the parts end with this command
    addresses: of the API server, its Services and pods
    users: users besides those of the control plane's own parts, each with its group
    """

    port: int = 0
    controllers: str = "all"
    scheduler: bool = False
    objects: tuple = ()
    bound: bool = False
    addresses: parts.Addresses = parts.Addresses()
    users: dict = dataclasses.field(default_factory=dict)


def start(place, wishes):
    """Start a new, empty cluster in a directory, unless one runs there; returns when it is up."""
    bin_directory = built("components")
    with place.locked():
        if is_up(place):
            return
        processes.end(place)
        place.make()
        try:
            starting = Start(place, wishes, bin_directory)
            starting.run()
            describe(place, bin_directory, _about(starting))
        except BaseException:
            processes.end(place)
            place.forget_cluster()
            raise


def stop(place):
    """End what runs in a directory; its logs stay."""
    with place.locked():
        processes.end(place)
        place.forget_cluster()


def is_up(place):
    """Whether every part runs and the API server is ready."""
    recorded = list(processes.recorded(place))
    return (
        bool(recorded)
        and all(process.runs() for process in recorded)
        and place.about.exists()
        and Api(place.kubeconfig).is_ready()
    )


def ended_part(place):
    """The first part that no longer runs, with the end of its log; None while all do."""
    for process in processes.recorded(place):
        if not process.runs():
            return f"{process.name} has ended\n{_end_of_log(place, process.name)}"
    return None


def built(*names):
    """The directory of the programs, built first if need be: its progress is on standard error."""
    done = subprocess.run(
        [_BUILD, *names],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == Missing.exit_code:
        raise Missing("Nothing was started.")
    if done.returncode:
        raise Failure("KW217 The parts of the tests' Kubernetes cannot be built: see above.")
    return Path(done.stdout.strip())


class Start:
    """One start: the parts in their order, each waited for before what needs it."""

    def __init__(self, place, wishes, bin_directory):
        self.place = place
        self.wishes = wishes
        self.bin = bin_directory
        self.trust = Trust(place, wishes.addresses, wishes.users)
        self.api = None
        self.ports = None

    def run(self):
        self.trust.make()
        self.ports = parts.Ports(self.wishes.port)  # no sooner: until used, others may take them
        self._write_kubeconfigs()
        self._start(parts.etcd(self.bin, self.place, self.ports))
        self._start(self._api_server())
        self.api = Api(self.place.kubeconfig)
        self._wait_for(self.api.is_ready, "kube-apiserver", "its /readyz is not 200")
        self._apply_objects()
        if self._has_controllers():
            self._start(self._controller_manager())
        if self.wishes.scheduler:
            self._start(parts.scheduler(self.bin, self.kubeconfig(SCHEDULER)))
        self._wait_for_default_namespace()

    def _write_kubeconfigs(self):
        server = f"https://{self.wishes.addresses.api_server}:{self.ports.api_server}"
        self.trust.write_kubeconfig(self.place.kubeconfig, ADMIN, server)
        for user in (CONTROLLER_MANAGER, SCHEDULER, *self.wishes.users):
            self.trust.write_kubeconfig(self.kubeconfig(user), user, server)

    def kubeconfig(self, user):
        return self.place.trust / f"{user.rpartition(':')[2]}.kubeconfig"

    def _has_controllers(self):
        return self.wishes.controllers != "none"

    def _api_server(self):
        return parts.api_server(
            self.bin,
            self.place,
            self.trust,
            self.ports,
            self.wishes.addresses,
            self._has_controllers(),
        )

    def _controller_manager(self):
        return parts.controller_manager(
            self.bin,
            self.place,
            self.trust,
            self.wishes.addresses,
            self.kubeconfig(CONTROLLER_MANAGER),
            self._controllers(),
        )

    def _controllers(self):
        if self.wishes.controllers != "all":
            return self.wishes.controllers
        return "*" if self.wishes.addresses.pods else parts.ALL_BUT_FOR_NODES

    def _start(self, part):
        processes.start(self.place, part, self.wishes.bound)

    def _apply_objects(self):
        for path in self.wishes.objects:
            self.apply(path)

    def apply(self, path):
        """Apply the objects of a file or directory."""
        # Not in the cache of whoever uses kubectl later, who would not find kinds applied here.
        with tempfile.TemporaryDirectory() as cache:
            command = [self.bin / "kubectl", f"--kubeconfig={self.place.kubeconfig}"]
            command += [f"--cache-dir={cache}", "apply", "--server-side", "--recursive"]
            command += [f"--filename={path}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"KW217 {path} cannot be applied:\n{done.stderr.strip()}")

    def _wait_for(self, condition, part, complaint):
        wait_for(self.place, condition, part, complaint)

    def _wait_for_default_namespace(self):
        self._wait_for(
            lambda: self.api.has_namespace("default"),
            "kube-apiserver",
            "there is no namespace default",
        )
        if self._has_controllers():
            self._wait_for(
                lambda: self.api.has_service_account("default", "default"),
                "kube-controller-manager",
                "the namespace default has no ServiceAccount",
            )


def wait_for(place, condition, part, complaint):
    """Returns when it is so. A part that ends meanwhile is a failure, as is to wait in vain.

    part: whose log says why it is not so
    """
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        ended = ended_part(place)
        if ended:
            raise Failure(f"KW217 The tests' Kubernetes does not start: {ended}")
        if time.monotonic() > deadline:
            raise Failure(
                f"KW217 The tests' Kubernetes does not start: after {_PATIENCE} s"
                f" {complaint}\n{_end_of_log(place, part)}"
            )
        time.sleep(0.05)


def describe(place, bin_directory, about):
    """Written last: what has it is up."""
    place.env.write_text(
        f"export KUBECONFIG={shlex.quote(str(place.kubeconfig))}\n"
        f"export PATH={shlex.quote(str(bin_directory))}:$PATH\n"
    )
    place.about.write_text(f"{about}\n")


def _about(start):
    etcd = subprocess.check_output([start.bin / "etcd", "--version"], text=True)
    number = re.search(r"etcd Version: (\S+)", etcd).group(1)
    scheduler = ", scheduler" if start.wishes.scheduler else ""
    return (
        f"API server {start.api.version()} (etcd {number}, this project's own control plane,"
        f" controllers: {start.wishes.controllers}{scheduler}, no nodes)"
    )


def _end_of_log(place, part):
    log = place.log(part)
    lines = log.read_text(errors="replace").splitlines()[-_LINES:]
    return "\n".join([f"the last lines of {log}:", *(f"  {line}" for line in lines)])
