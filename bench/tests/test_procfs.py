import os
import subprocess
import sys
import unittest

from harness import procfs

STAT = (
    "4242 (a (very) odd name) S 17 4242 4242 0 -1 4194560 1 2 3 4 120 35 9 9 20 0 1 0 987654"
    " 1 2 3 4 5\n"
)
ROLLUP = """\
559d-7ffd ---p 00000000 00:00 0                          [rollup]
Rss:               14000 kB
Pss:                9500 kB
Pss_Dirty:          6000 kB
Shared_Clean:       6000 kB
Shared_Dirty:          0 kB
Private_Clean:      1000 kB
Private_Dirty:      7000 kB
"""
CPUS = """\
cpu  100 10 50 900 5 1 1 0 0 0
cpu0 60 7 33 400 5 1 1 0 0 0
cpu1 40 3 17 500 0 0 0 0 0 0
"""


class ProcfsTest(unittest.TestCase):
    def test_stat_survives_parentheses_and_spaces_in_the_name(self):
        self.assertEqual(procfs.parse_stat(STAT), procfs.Stat(4242, "S", 17, 155, 987654))

    def test_memory_is_proportional_resident_and_private(self):
        self.assertEqual(procfs.parse_smaps_rollup(ROLLUP), procfs.Memory(9500, 14000, 8000))

    def test_memory_of_processes_adds_up(self):
        self.assertEqual(
            sum([procfs.Memory(1, 2, 3), procfs.Memory(10, 20, 30)], procfs.NO_MEMORY),
            procfs.Memory(11, 22, 33),
        )

    def test_core_ticks_count_processes_and_not_waiting_or_interrupts(self):
        self.assertEqual(procfs.parse_core_ticks(CPUS, 0), 100)
        self.assertEqual(procfs.parse_core_ticks(CPUS, 1), 60)
        with self.assertRaises(ValueError):
            procfs.parse_core_ticks(CPUS, 2)

    def test_tree_holds_a_child_with_its_own_memory(self):
        reader, writer = os.pipe()
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            stdin=reader,
            stdout=subprocess.PIPE,
        )
        try:
            child.stdout.readline()
            self.assertIn(child.pid, [one.pid for one in procfs.tree(os.getpid())])
            self.assertGreater(procfs.memory(child.pid).pss, 0)
        finally:
            os.close(writer)
            os.close(reader)
            child.wait()
            child.stdout.close()
        self.assertIsNone(procfs.stat(child.pid))
        self.assertEqual(procfs.memory(child.pid), procfs.NO_MEMORY)


if __name__ == "__main__":
    unittest.main()
