"""A cluster with nodes: what works in it, and that nothing of it is left when it has ended."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request
from ipaddress import ip_network
from pathlib import Path
from unittest import mock

from controlplane import plane, processes
from controlplane.failure import Failure, Missing
from controlplane.parts import Part
from nodes import cgroups, images, remains, requirements
from nodes.network import Network, index_of
from nodes.place import ClusterPlace

CLUSTER = Path(__file__).resolve().parent.parent
COMMAND = CLUSTER / "cluster"
VISITOR = "kube-wsgi.test/visitor:tests"
PATIENCE = 120  # seconds for what controllers and kubelets do by themselves


class NetworkTest(unittest.TestCase):
    def test_clusters_of_one_machine_share_no_address_and_use_none_of_other_networks(self):
        ranges = []
        for number in range(16):
            network = Network(number)
            machines = ip_network(f"{network.machine}/24", strict=False)
            ranges += [machines, ip_network(network.services), ip_network(network.addresses.pods)]
            for node in network.nodes:
                self.assertTrue(ip_network(node.address).subnet_of(machines))
                self.assertTrue(ip_network(node.pods).subnet_of(ip_network(network.addresses.pods)))
        for i, one in enumerate(ranges):
            self.assertTrue(one.subnet_of(ip_network("198.18.0.0/15")), one)
            self.assertEqual([], [other for other in ranges[:i] if other.overlaps(one)], one)


class RequirementsTest(unittest.TestCase):
    @mock.patch.object(shutil, "which", lambda program: program not in ("runc", "nft") or None)
    def test_what_is_missing_is_named_with_the_command_that_brings_it(self):
        with self.assertRaises(Missing) as missing:
            requirements.check()
        self.assertEqual(3, missing.exception.exit_code)
        self.assertIn("lacks: runc, nft", str(missing.exception))
        self.assertRegex(str(missing.exception), r"apt-get install .*\bnftables runc\b")


class OnNodes(unittest.TestCase):
    """Skipped where there can be none."""

    @classmethod
    def setUpClass(cls):
        try:
            requirements.check()
            cls.bin = plane.built("components", "nodes")
        except Missing as missing:
            raise unittest.SkipTest(str(missing).splitlines()[0]) from missing

    @classmethod
    def new_place(cls):
        directory = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, directory)
        return ClusterPlace(directory)


class RemainsTest(OnNodes):
    def setUp(self):
        self.place = self.new_place()
        self.place.make()

    def test_a_process_that_is_left_is_named(self):
        processes.start(self.place, Part("part", ["sleep", "60"]), bound=False)
        self.addCleanup(processes.end, self.place)
        self.assert_left("process .*, (sleep|part)")

    def test_a_mount_that_is_left_is_named(self):
        point = self.place.directory / "point"
        point.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", point], check=True)
        self.addCleanup(subprocess.run, ["umount", point], check=True)
        self.assert_left(f"mount {point}")

    def test_a_cgroup_that_is_left_is_named(self):
        cgroups.make(f"{self.place.cgroup}/node-1")
        self.addCleanup(cgroups.remove, self.place.cgroup)
        self.assert_left(f"cgroup /.*/{self.place.cgroup}")

    def test_an_interface_that_is_left_is_named(self):
        self.place.network.write_text(str(index_of("lo")))
        self.assert_left("interface lo")

    def test_a_directory_that_is_left_is_named(self):
        self.place.nodes.mkdir()
        self.assert_left(f"directory {self.place.nodes}")

    def test_nothing_is_named_when_nothing_is_left(self):
        remains.Remains(self.place).check()

    def assert_left(self, what):
        with mock.patch.object(remains, "_PATIENCE", 0), self.assertRaises(Failure) as failure:
            remains.Remains(self.place).check()
        first, *others = str(failure.exception).splitlines()
        self.assertIn("KW219", first)
        self.assertRegex("\n".join(others), f"(?m)^  {what}$")


class PodsTest(OnNodes):
    """Two pods of a Deployment, one on each node, and their Service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = cls.new_place()
        cls.addClassCleanup(cluster, "stop", cls.place)
        up = cluster("start", cls.place)
        if up.returncode:
            raise AssertionError(up.stderr)
        cluster("load", cls.place, cls.image()).check_returncode()
        cls.apply(*visitors("visitor"))

    def setUp(self):
        self.await_pods_of("visitor")
        self.pods = self.pods_of("visitor")
        self.names = {pod["metadata"]["name"] for pod in self.pods}

    @classmethod
    def image(cls):
        directory = cls.new_place().directory
        program = directory / "visitor"
        subprocess.run(
            ["go", "build", "-trimpath", "-o", program, "."],
            cwd=CLUSTER / "tests/visitor",
            env={**os.environ, "CGO_ENABLED": "0"},
            check=True,
        )
        images.write(directory / "visitor.tar", {VISITOR: program})
        return directory / "visitor.tar"

    @classmethod
    def kubectl(cls, *arguments, given=None):
        command = [cls.bin / "kubectl", f"--kubeconfig={cls.place.kubeconfig}", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def get(cls, *arguments):
        return json.loads(cls.kubectl("get", *arguments, "--output=json"))

    @classmethod
    def apply(cls, *objects):
        content = {"apiVersion": "v1", "kind": "List", "items": objects}
        cls.kubectl("apply", "--filename=-", given=json.dumps(content))

    def await_pods_of(self, deployment):
        self.kubectl("rollout", "status", f"deployment/{deployment}", f"--timeout={PATIENCE}s")

    def pods_of(self, deployment):
        pods = self.get("pods", f"--selector=app={deployment}")["items"]
        return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]

    def answers_from(self, url, visit):
        """Visits until each pod has answered."""
        found = set()

        def all_have_answered():
            try:
                found.add(visit(url))
            except (OSError, AssertionError):  # a node has not been told of the Service yet
                return False
            return found >= self.names

        self.eventually(all_have_answered, f"not both pods answer {url}")
        self.assertEqual(self.names, found)

    def visit_from_pod(self, pod):
        name = pod["metadata"]["name"]
        return lambda url: self.kubectl("exec", name, "--", "/visitor", "visit", url).strip()

    def eventually(self, condition, complaint):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                self.fail(complaint)
            time.sleep(0.2)

    def test_both_nodes_have_a_pod(self):
        self.assertEqual(["node-1", "node-2"], sorted(pod["spec"]["nodeName"] for pod in self.pods))

    def test_this_machine_reaches_each_pod(self):
        for pod in self.pods:
            answer = visit(f"http://{pod['status']['podIP']}:8080/")
            self.assertEqual(pod["metadata"]["name"], answer)

    def test_this_machine_reaches_the_service(self):
        address = self.get("service", "visitor")["spec"]["clusterIP"]
        self.answers_from(f"http://{address}/", visit)

    def test_this_machine_reaches_the_service_at_the_port_of_each_node(self):
        port = self.get("service", "visitor")["spec"]["ports"][0]["nodePort"]
        for node in self.get("nodes")["items"]:
            address = node["status"]["addresses"][0]["address"]
            self.answers_from(f"http://{address}:{port}/", visit)

    def test_each_pod_reaches_both_by_the_name_of_the_service(self):
        for pod in self.pods:
            self.answers_from("http://visitor.default.svc.cluster.local/", self.visit_from_pod(pod))
            self.answers_from("http://visitor/", self.visit_from_pod(pod))

    def test_each_pod_reaches_itself_and_the_other_at_their_addresses(self):
        for pod in self.pods:
            for other in self.pods:
                answer = self.visit_from_pod(pod)(f"http://{other['status']['podIP']}:8080/")
                self.assertEqual(other["metadata"]["name"], answer)

    def test_a_pod_reaches_the_api_server(self):
        with self.assertRaisesRegex(AssertionError, "certificate"):  # that it does not know
            self.visit_from_pod(self.pods[0])("https://kubernetes.default.svc/")

    def test_a_pod_reaches_nothing_else(self):
        with self.assertRaisesRegex(AssertionError, "dial tcp .*: connect: "):
            self.visit_from_pod(self.pods[0])("http://203.0.113.1/")

    def test_what_a_pod_writes_is_in_its_log(self):
        for pod in self.pods:
            self.assertIn("serving", self.kubectl("logs", pod["metadata"]["name"]))

    def test_top_shows_each_pod_and_node(self):
        def shows(kind, names):
            try:
                lines = self.kubectl("top", kind, "--no-headers").splitlines()
            except AssertionError:  # it fails while there is none to show
                return False
            return names <= {line.split()[0] for line in lines}

        self.eventually(lambda: shows("pods", self.names), "there are no metrics of the pods")
        self.assertTrue(shows("nodes", {"node-1", "node-2"}))

    def test_an_autoscaler_scales_by_the_processor_time_of_pods(self):
        self.apply(*visitors("scaled"), autoscaler("scaled"))
        self.addCleanup(self.kubectl, "delete", "hpa,deployment,service", "scaled")
        self.await_pods_of("scaled")
        addresses = [pod["status"]["podIP"] for pod in self.pods_of("scaled")]

        def is_scaled_under_load():
            for _ in range(50):
                for address in addresses:
                    visit(f"http://{address}:8080/")
            return self.get("deployment", "scaled")["spec"]["replicas"] == 3

        self.eventually(is_scaled_under_load, "the HorizontalPodAutoscaler does not scale")

    def test_a_drained_node_has_no_pods_and_the_other_has_them_all(self):
        self.apply(*visitors("moved", alone="ScheduleAnyway"))
        self.addCleanup(self.kubectl, "delete", "deployment,service", "moved")
        self.await_pods_of("moved")
        self.addCleanup(self.kubectl, "uncordon", "node-2")
        self.kubectl("drain", "node-2", "--delete-emptydir-data", f"--timeout={PATIENCE}s")
        self.await_pods_of("moved")
        nodes = [pod["spec"]["nodeName"] for pod in self.pods_of("moved")]
        self.assertEqual(["node-1", "node-1"], nodes)

    def test_a_nodes_daemons_have_a_cgroup_of_their_own(self):
        for part in ("kubelet", "containerd", "kube-proxy"):
            pid = running(self.place)[f"node-1-{part}"]
            self.assertIn(
                f"/{self.place.cgroup}/node-1/daemons\n", Path(f"/proc/{pid}/cgroup").read_text()
            )

    def test_what_is_no_image_is_refused(self):
        refused = cluster("load", self.place, COMMAND)
        self.assertEqual(1, refused.returncode)
        self.assertIn(f"KW217 {COMMAND} cannot be loaded", refused.stderr)


class LifeTest(OnNodes):
    def test_it_starts_again_after_everything_was_killed_and_leaves_nothing(self):
        place = self.new_place()
        self.addCleanup(cluster, "stop", place)
        before = machine()
        self.start(place)
        first = running(place)
        self.start(place)
        self.assertEqual(first, running(place))

        for each in processes.descendants(processes.recorded(place)):
            each.kill()
        self.assertEqual(1, cluster("status", place).returncode)
        self.start(place)
        self.assertEqual(0, cluster("status", place).returncode)
        self.assertEqual(set(), set(first.items()) & set(running(place).items()))

        ours = processes.descendants(processes.recorded(place))
        interface = int(place.network.read_text())
        stopped = cluster("stop", place)
        self.assertEqual(0, stopped.returncode, stopped.stderr)
        self.assertGreater(len(ours), 20)  # of the control plane, of each node, of each pod
        self.assertEqual([], [f"{each.pid} {each.name}" for each in ours if each.runs()])
        self.assertEqual([], [line for line in interfaces() if line.startswith(f"{interface}:")])
        self.assertEqual([], cgroups.existing(place.cgroup))
        self.assertFalse(place.nodes.exists())
        self.assertNotIn(str(place.directory), Path("/proc/self/mountinfo").read_text())
        self.assertEqual(before, machine())
        self.assertEqual(0, cluster("stop", place).returncode)

    def test_it_ends_with_the_command_that_holds_it_even_when_that_is_killed(self):
        place = self.new_place()
        self.addCleanup(cluster, "stop", place)
        with subprocess.Popen(
            [COMMAND, "run", place.directory, "--exit-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as held:
            self.assertTrue(held.stdout.readline(), "it does not start")
            ours = processes.descendants(processes.recorded(place))
            held.kill()
        deadline = time.monotonic() + PATIENCE
        while any(each.runs() for each in ours) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([], [f"{each.pid} {each.name}" for each in ours if each.runs()])

    def start(self, place):
        started = cluster("start", place)
        self.assertEqual(0, started.returncode, started.stderr)
        self.assertEqual(f"export KUBECONFIG={place.kubeconfig}\n", started.stdout)


def cluster(command, place, *arguments):
    return subprocess.run(
        [COMMAND, command, place.directory, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def running(place):
    return {each.name: each.pid for each in processes.recorded(place) if each.runs()}


def machine():
    """Of this machine, what a cluster that is made otherwise would change."""
    commands = (["nft", "list", "ruleset"], ["ip", "netns"], ["ls", "/run/containerd"])
    return [subprocess.run(one, capture_output=True, check=False).stdout for one in commands]


def interfaces():
    return subprocess.check_output(["ip", "-oneline", "link"], text=True).splitlines()


def visit(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode().strip()


def visitors(name, alone="DoNotSchedule"):
    """A Deployment of two pods, and their Service.

    alone: what becomes of a pod that would be the second of its node
    """
    labels = {"app": name}
    container = {
        "name": "visitor",
        "image": VISITOR,
        "imagePullPolicy": "Never",
        "args": ["serve"],
        "resources": {"requests": {"cpu": "1m"}},
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": alone,
        "labelSelector": {"matchLabels": labels},
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "topologySpreadConstraints": [spread]},
            },
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "type": "NodePort",
            "selector": labels,
            "ports": [{"port": 80, "targetPort": 8080}],
        },
    }
    return deployment, service


def autoscaler(name):
    """Of a Deployment from two pods to three, as soon as they use a thousandth of a processor."""
    target = {"type": "AverageValue", "averageValue": "1m"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": 2,
            "maxReplicas": 3,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }
