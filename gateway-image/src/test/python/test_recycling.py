"""When workers are replaced with nothing wrong about them, and that nobody notices."""

import json
import os
import unittest

from support import Group, Pod, wait_for, workers

from kubewsgi.recycling import Limits, Usage, reached, share


def states(state):
    return sorted(worker["state"] for worker in workers(state))


NOTHING_USED = Usage(0.0, 0)


class Rules(unittest.TestCase):
    def reached(self, part=1.0, age=0.0, usage=NOTHING_USED, **limits):
        return reached(Limits(**limits), part, age, usage)

    def test_nothing_is_reached_without_limits(self):
        self.assertIsNone(self.reached(age=1e9, usage=Usage(1e9, 2**50)))

    def test_each_limit_names_itself_and_what_was_seen(self):
        seen = [
            self.reached(restart_interval=60.0, age=60.0),
            self.reached(cpu_time_limit=5.0, usage=Usage(5.25, 0)),
            self.reached(memory_limit=2**20, usage=Usage(0.0, 2**20)),
        ]
        self.assertEqual(
            seen, ["restartInterval (60 s)", "cpuTimeLimit (5.2 s)", "memoryLimit (1 MiB)"]
        )

    def test_below_its_limit_a_worker_stays(self):
        self.assertIsNone(self.reached(restart_interval=60.0, age=59.9))
        self.assertIsNone(self.reached(cpu_time_limit=5.0, usage=Usage(4.9, 0)))
        self.assertIsNone(self.reached(memory_limit=2**20, usage=Usage(0.0, 2**20 - 1)))

    def test_a_worker_s_share_brings_time_forward_and_not_memory(self):
        self.assertIsNotNone(self.reached(part=0.9, restart_interval=60.0, age=54.0))
        self.assertIsNone(self.reached(part=0.9, memory_limit=100, usage=Usage(0.0, 99)))

    def test_shares_differ_and_take_at_most_a_tenth(self):
        shares = {share() for _ in range(100)}
        self.assertGreater(len(shares), 50)
        self.assertTrue(all(0.9 <= each <= 1 for each in shares), shares)

    def test_the_use_of_a_process_is_read_from_the_kernel(self):
        usage = Usage.of(os.getpid())
        self.assertGreater(usage.cpu_seconds, 0)
        self.assertGreater(usage.resident_bytes, 2**20)
        self.assertIsNone(Usage.of(2**22 + 1))  # beyond the kernel's largest pid


class Replaced(unittest.TestCase):
    def await_replacement(self, group, limit, before, processes=1):
        """The old worker drains only once another one is ready; the end tells the limit."""
        state = group.await_state(lambda s: s["exits"])
        ended = state["exits"][0]
        self.assertIn(ended["pid"], before)
        self.assertEqual((ended["limit"] or "").partition(" ")[0], limit)
        self.assertTrue(ended["expected"])
        since_ready = False
        for seen in group.states():
            ready = states(seen).count("ready")
            since_ready = since_ready or ready == processes
            if since_ready:
                self.assertGreaterEqual(ready, processes, seen)
        return state

    def pids(self, group, processes=1):
        return {worker["pid"] for worker in workers(group.await_ready(workers=processes))}

    def test_after_maximum_requests(self):
        with Group("hello.wsgi", maximumRequests=20) as group:
            before = self.pids(group)
            with group.slot() as slot:
                for _ in range(20):
                    slot.ask("hello.wsgi")
                group.await_state(lambda s: "draining" in states(s))
                # It is told a moment after whoever follows the events.
                while "KubeWsgi-Refused" not in (head := slot.ask("hello.wsgi")[1]):
                    pass
                self.assertEqual(head["KubeWsgi-Refused"], "draining")
            self.await_replacement(group, "maximumRequests", before)
            self.assertRegex(group.log(), r"has reached maximumRequests \((18|19|20)\): it drains")

    def test_after_restart_interval(self):
        with Group("hello.wsgi", restartInterval=0.2, processes=2) as group:
            self.await_replacement(group, "restartInterval", self.pids(group, 2), processes=2)

    def test_after_inactivity_but_not_before_the_first_request(self):
        with Group("hello.wsgi", "grows.wsgi", inactivityTimeout=0.2) as group:
            before = self.pids(group)
            unused = workers(group.await_ready("id-1"), "id-1")
            with group.slot() as slot:
                slot.ask("hello.wsgi")
                group.await_state(lambda s: "draining" in states(s))
            state = self.await_replacement(group, "inactivityTimeout", before)
            self.assertEqual(workers(state, "id-1"), unused)

    def test_a_worker_that_serves_is_not_inactive(self):
        with Group("blocks.wsgi", "hello.wsgi", inactivityTimeout=0.2) as group:
            busy = group.slot_when_ready()
            self.addCleanup(busy.close)
            busy.send("blocks.wsgi", target="/?/never")
            with group.slot_when_ready("id-1") as idle:
                idle.ask("hello.wsgi")
            # Twice as long as it takes an idle one.
            for count in (1, 2):
                state = group.await_state(lambda s, count=count: len(s["exits"]) == count)
                with group.slot_when_ready("id-1") as idle:
                    idle.ask("hello.wsgi")
            self.assertEqual(workers(state, "id-0")[0]["pid"], busy.worker)

    def test_after_memory_limit(self):
        with Group("grows.wsgi", memoryLimit=150 << 20) as group:
            before = self.pids(group)
            with group.slot() as slot:
                slot.ask("grows.wsgi", target="/?100")
                slot.ask("grows.wsgi", target="/?100")
            self.await_replacement(group, "memoryLimit", before)
            # It may have been looked at while it grew.
            self.assertRegex(group.log(), r"has reached memoryLimit \((1[5-9]|2[0-9])[0-9] MiB\)")

    def test_after_cpu_time(self):
        with Group("spins.wsgi", cpuTimeLimit=0.2) as group:
            before = self.pids(group)
            with group.slot() as slot:
                slot.ask("spins.wsgi", target="/?0.3")
            self.await_replacement(group, "cpuTimeLimit", before)

    def test_a_request_in_flight_is_finished(self):
        with Group("blocks.wsgi", restartInterval=0.2) as group:
            release = os.path.join(group.directory, "release")
            with group.slot_when_ready() as slot:
                slot.send("blocks.wsgi", target=f"/?{release}")
                group.await_state(lambda s: states(s) == ["draining", "ready"])
                open(release, "w").close()
                self.assertEqual(slot.answer()[0], 200)

    def test_a_worn_worker_serves_on_while_no_other_can_be_started(self):
        with Group("fails_later.wsgi", maximumRequests=1) as group:
            flag = os.path.join(group.directory, "fail")
            group.put({**group.config, "env": {"FAIL_IF": flag}})
            group.await_state(lambda s: s["exits"])
            before = self.pids(group)
            open(flag, "w").close()
            with group.slot() as slot:
                slot.ask("fails_later.wsgi")
                state = group.await_state(
                    lambda s: any(g["failure"] for g in s["applicationGroups"])
                )
                self.assertEqual(slot.ask("fails_later.wsgi")[0], 200)
                self.assertIn("ready", states(state))
                os.unlink(flag)
            group.await_state(lambda s: any(ended["limit"] for ended in s["exits"]))
            self.assertNotEqual(self.pids(group), before)

    def test_one_at_a_time(self):
        with Group("hello.wsgi", restartInterval=0.2, processes=3) as group:
            self.pids(group, 3)
            group.await_state(lambda s: len(s["exits"]) >= 3)
            self.assertLessEqual(
                max(sum(w["state"] != "draining" for w in workers(s)) for s in group.states()), 4
            )

    def test_a_limit_that_is_too_low_slows_down_and_is_told(self):
        with Group("hello.wsgi", memoryLimit=1 << 20) as group:
            wait_for(lambda: "KW518: workers of id-0 reach memoryLimit within 5 s" in group.log())
            group.await_ready()

    def test_limits_of_running_workers_can_be_changed(self):
        with Pod("hello.wsgi") as pod:
            before = self.pids(pod)
            pod.mount(sequence=2, restartInterval=0.1)
            self.await_replacement(pod, "restartInterval", before)


class Nonsense(unittest.TestCase):
    """An application has the socket to its supervisor, as it has everything of its process."""

    def test_what_an_application_writes_to_the_supervisor_harms_nobody(self):
        with Group("writes_to_supervisor.wsgi", "hello.wsgi") as group:
            group.await_ready("id-1")
            with group.slot_when_ready() as slot:
                self.assertEqual(slot.ask("writes_to_supervisor.wsgi")[0], 200)
            with group.slot_when_ready("id-1") as slot:
                self.assertEqual(slot.ask("hello.wsgi")[0], 200)
            self.assertEqual(group.await_ready()["exits"], [])
            self.assertNotIn("has reached", group.log())

    def test_a_limit_of_a_year_is_one(self):
        year = Group("hello.wsgi", inactivityTimeout=366 * 86400)
        with year as group, group.slot_when_ready() as slot:
            self.assertEqual(slot.ask("hello.wsgi")[0], 200)


class Settings(unittest.TestCase):
    def answer(self, **changes):
        with Group("settings.wsgi", **changes) as group, group.slot_when_ready() as slot:
            return json.loads(slot.ask("settings.wsgi")[2])

    def test_each_has_its_effect(self):
        seen = self.answer(umask="027", nice=7, switchInterval=0.25, stackSize=1 << 20)
        expected = {"umask": "0027", "nice": 7 + os.nice(0), "switchInterval": 0.25}
        self.assertEqual({name: seen[name] for name in expected}, expected)
        self.assertEqual(seen["stack"], 1 << 20)
        self.assertEqual(seen["stackOfNewThreads"], 0)

    def test_without_them_they_are_the_system_s(self):
        seen = self.answer()
        self.assertEqual((seen["nice"], seen["switchInterval"]), (os.nice(0), 0.005))
        self.assertNotEqual(seen["stack"], 1 << 20)


if __name__ == "__main__":
    unittest.main()
