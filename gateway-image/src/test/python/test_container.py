"""The supervisor in a container: what it cannot rely on, whom it reaps, and its last words."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from support import SOURCES, Group, Pod, config, is_alive, kill, wait_for, workers

from kubewsgi import main
from kubewsgi.oom import OomKills

# A user without a name and a home, and nothing that can be written but one directory.
ENTER = """
mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift &&
exec setpriv --reuid 54321 --regid 54321 --clear-groups env -i "$@"
"""


class Container(Pod):
    """A pod in a process namespace of its own, on a read-only root."""

    def __init__(self, *scripts, **changes):
        super().__init__(*scripts, **changes)
        run = os.path.join(self.directory, "run")
        os.mkdir(run)
        os.chmod(run, 0o777)
        self.address_path = os.path.join(run, "address")
        self.sources = os.path.join(run, "sources")
        self.prefix = (
            *("unshare", "--mount", "--pid", "--fork", "--mount-proc"),
            *("sh", "-c", ENTER, "sh", run),
        )

    def __exit__(self, *_):
        for supervisor in self.children():  # and with the first process all of them
            kill(supervisor["pid"])
        super().__exit__()

    def supervisor(self):
        """Its pid outside of the container."""
        return self.children()[0]["pid"]


def cannot_enter():
    """Why no container can be made here, or this Python not be run in it; None if all is well."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        command = ["unshare", "--mount", "--pid", "--fork", "--mount-proc"]
        command += ["sh", "-c", ENTER, "sh", directory, sys.executable, SOURCES]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as failure:
            return str(failure)
    return None if "usage: kubewsgi.pyz" in ended.stderr else ended.stderr.strip()


class FirstProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = cannot_enter()
        if reason:
            raise unittest.SkipTest(f"no container of {sys.executable} can be made: {reason}")

    def test_it_needs_no_name_no_home_and_no_writable_root(self):
        files = {"ns.a/app.py": "import os\n\ndef application(environ, start_response):\n"}
        files["ns.a/app.py"] += "    start_response('200 OK', [])\n"
        files["ns.a/app.py"] += "    return [repr((os.getuid(), dict(os.environ))).encode()]\n"
        group = {"id": "id-0", "revision": "1", "files": files}
        group["scripts"] = [{"script": "ns.a/app.py"}]
        with Container(applicationGroups=[group]) as pod, pod.slot_when_ready() as slot:
            self.assertEqual(pod.await_ready()["pid"], 1)
            seen = slot.ask("ns.a/app.py", absolute=False)[2].decode()
            self.assertTrue(seen.startswith("(54321, {"), seen)
            self.assertNotIn("'HOME'", seen)
            self.assertEqual(pod.probe("/readyz")[0], 200)

    def test_it_shows_what_it_is(self):
        with Container("hello.wsgi") as pod:
            pod.await_ready()
            with open(f"/proc/{pod.supervisor()}/cmdline", "rb") as file:
                self.assertTrue(file.read().startswith(b"kube-wsgi supervisor site1\0"))

    def test_it_reaps_what_lost_its_parent(self):
        with Container("orphans.wsgi") as pod, pod.slot_when_ready() as slot:
            orphan = slot.ask("orphans.wsgi")[2].decode().strip()
            wait_for(lambda: slot.ask("orphans.wsgi", target=f"/?{orphan}")[2] == b"False")
            self.assertEqual(pod.await_ready()["exits"], [])

    def test_sigterm_drains_it(self):
        with Container("hello.wsgi") as pod, pod.slot_when_ready() as slot:
            supervisor = pod.supervisor()
            kill(supervisor, signal.SIGTERM)
            pod.await_state(lambda state: state["state"] == "draining")
            self.assertEqual(pod.probe("/readyz"), (503, "draining\n"))
            slot.close()
            self.assertEqual(pod.process.wait(20), 0)
            self.assertFalse(is_alive(supervisor))


class LastWords(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = temporary.name
        self.log = os.path.join(self.directory, "termination-log")

    def run_supervisor(self, document, *options):
        path = os.path.join(self.directory, "group.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        ended = subprocess.run(
            [sys.executable, "-B", SOURCES, "supervise", "--config", path, *options],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "KUBE_WSGI_TERMINATION_LOG": self.log},
            check=False,
        )
        return ended.returncode

    def words(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def test_a_configuration_that_cannot_be_used(self):
        open(self.log, "w").close()
        document = config(self.directory, "hello.wsgi", threads=0, processes=0)
        self.assertEqual(self.run_supervisor(document), 2)
        self.assertRegex(self.words(), r"^KW320: processes must.*; threads must[^\n]*$")

    def test_an_address_that_is_taken(self):
        open(self.log, "w").close()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for option in ("--listen", "--probes"):
                document = config(self.directory, "hello.wsgi")
                self.assertEqual(self.run_supervisor(document, option, address), 2)
                self.assertTrue(self.words().startswith("KW321: cannot listen on 127.0.0.1:"))

    def test_a_command_line_that_means_nothing_is_one_line(self):
        open(self.log, "w").close()
        self.run_supervisor(config(self.directory, "hello.wsgi"), "--other")
        self.assertEqual(self.words(), "KW320: there is no --other")

    def test_they_replace_what_was_there(self):
        with open(self.log, "w", encoding="utf-8") as file:
            file.write("x" * 10000)
        self.run_supervisor([])
        self.assertEqual(self.words(), "KW320: the configuration must be an object")

    def test_a_file_that_is_not_there_is_not_made(self):
        self.assertEqual(self.run_supervisor([]), 2)
        self.assertFalse(os.path.exists(self.log))

    def test_a_fault_of_its_own_has_a_code(self):
        open(self.log, "w").close()
        environment = {"KUBE_WSGI_TERMINATION_LOG": self.log}
        with mock.patch.dict(os.environ, environment), mock.patch.object(main, "_supervise") as run:
            run.side_effect = ZeroDivisionError("division by zero")
            self.assertRaises(ZeroDivisionError, main.main, ["supervise", "--config", "group.json"])
        self.assertEqual(self.words(), "KW323: ZeroDivisionError: division by zero")

    def test_whoever_drains_has_none(self):
        open(self.log, "w").close()
        environment = {"KUBE_WSGI_TERMINATION_LOG": self.log}
        with mock.patch.dict(os.environ, environment), Group("fails_on_import.wsgi") as group:
            group.await_state(lambda state: state["exits"])
            kill(group.process.pid, signal.SIGTERM)
            self.assertEqual(group.process.wait(20), 0)
        self.assertEqual(self.words(), "")


def is_removed(cgroup):
    """Removes a cgroup, which takes as long as its last process does to be gone altogether."""
    try:
        os.rmdir(cgroup)
    except OSError:
        return False
    return True


class OutOfMemory(unittest.TestCase):
    def cgroup(self, limit):
        """A cgroup with at most `limit` bytes; skips the test where none can be made."""
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            entries = [line.rstrip("\n").split(":", 2) for line in file]
        for _, controllers, own in entries:
            version1 = "memory" in controllers.split(",")
            if controllers and not version1:
                continue
            parent = f"/sys/fs/cgroup/{'memory' if version1 else ''}{own}"
            path = os.path.join(parent, f"kubewsgi-test-{os.getpid()}")
            name = "memory.limit_in_bytes" if version1 else "memory.max"
            try:
                os.mkdir(path)
                self.addCleanup(wait_for, lambda path=path: is_removed(path))
                with open(os.path.join(path, name), "r+", encoding="ascii") as file:
                    file.write(str(limit))
                return path
            except OSError:
                continue
        return self.skipTest("no cgroup with a limit on memory can be made here")

    def test_a_worker_that_is_killed_for_memory_is_told_from_others(self):
        pod = Pod("eats_memory.wsgi")
        pod.prefix = (
            *("sh", "-c", 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"', "sh"),
            self.cgroup(128 << 20),
        )
        with pod, pod.slot_when_ready() as slot:
            self.assertEqual(slot.ask("eats_memory.wsgi", target="/?1")[0], 200)
            slot.send("eats_memory.wsgi", target="/?1024")
            state = pod.await_state(lambda s: len(s["exits"]) == 1 and workers(s))
            self.assertEqual(state["exits"][0]["signalName"], "SIGKILL")
            self.assertTrue(state["exits"][0]["oom"])
            self.assertIn("died (SIGKILL, out of memory)", pod.log())
            kill(workers(pod.await_ready())[0]["pid"])
            state = pod.await_state(lambda s: len(s["exits"]) == 2)
            self.assertFalse(state["exits"][1]["oom"])


class Counts(unittest.TestCase):
    """What the kernel shows, in the forms that it has."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def counts(self, path, text):
        """Whether a higher number in a file of that form is seen, and once only."""
        self.write(path, text.format(3))
        kills = OomKills(self.root)
        before = kills.rose()
        self.write(path, text.format(4))
        return before, kills.rose(), kills.rose()

    V1 = "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"
    V2 = "low 0\nhigh 0\nmax 17\noom 5\noom_kill {}\noom_group_kill 0\n"

    def test_version_2_in_a_container(self):
        self.write("proc/self/cgroup", "0::/\n")
        seen = self.counts("sys/fs/cgroup/memory.events", self.V2)
        self.assertEqual(seen, (False, True, False))

    def test_version_2_of_the_host(self):
        self.write("proc/self/cgroup", "0::/system.slice/a\n")
        self.write("sys/fs/cgroup/memory.events", self.V2.format(9))
        seen = self.counts("sys/fs/cgroup/system.slice/a/memory.events", self.V2)
        self.assertEqual(seen, (False, True, False))

    def test_version_1_mounted_as_the_containers_own(self):
        self.write("proc/self/cgroup", "8:pids:/k/p\n4:cpu,memory:/kubepods/pod\n0::/\n")
        seen = self.counts("sys/fs/cgroup/memory/memory.oom_control", self.V1)
        self.assertEqual(seen, (False, True, False))

    def test_where_nothing_tells_nothing_is_counted(self):
        self.assertFalse(OomKills(self.root).rose())
        self.write("proc/self/cgroup", "nonsense\n\n0::/\n")
        self.assertFalse(OomKills(self.root).rose())
        self.assertEqual(
            self.counts("sys/fs/cgroup/memory.events", "oom {}\n"), (False, False, False)
        )


if __name__ == "__main__":
    unittest.main()
