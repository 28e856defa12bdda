import os
import sys
import tempfile
import unittest
from pathlib import Path

from harness import procfs
from harness.errors import BenchError
from harness.processes import ServerProcess

# A server that has a child and, as a shell without exec does, leaves it behind when terminated.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(["/bin/sleep", "1000"])
print("child", child.pid, flush=True)
time.sleep(1000)
"""


class ServerProcessTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "output.log"

    def wait_for_log(self, server):
        while not self.log.read_text():
            server.check_alive()

    def test_stop_ends_the_children_too(self):
        server = ServerProcess([sys.executable, "-c", PARENT], self.log, core=None)
        self.wait_for_log(server)
        child = int(self.log.read_text().split()[1])
        self.assertIn(child, [one.pid for one in server.tree()])
        server.stop(timeout=0.2)
        after = procfs.stat(child)
        self.assertTrue(after is None or after.state == "Z")

    def test_children_stay_on_the_servers_core(self):
        core = min(os.sched_getaffinity(0))
        server = ServerProcess([sys.executable, "-c", PARENT], self.log, core=core)
        try:
            self.wait_for_log(server)
            pids = [one.pid for one in server.tree()]
            self.assertGreater(len(pids), 1)
            self.assertEqual([os.sched_getaffinity(pid) for pid in pids], [{core}] * len(pids))
        finally:
            server.stop(timeout=0.2)

    def test_an_early_exit_is_reported_with_the_servers_last_words(self):
        words = "import sys; sys.exit('the port is taken')"
        server = ServerProcess([sys.executable, "-c", words], self.log, core=None)
        with self.assertRaisesRegex(BenchError, r"exited with 1:\n.*the port is taken"):
            while procfs.stat(server.pid) is not None:
                server.check_alive()


if __name__ == "__main__":
    unittest.main()
