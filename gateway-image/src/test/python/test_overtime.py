"""Requests that run for longer than requestTimeout, in all ways that a thread can be stuck."""

import sys
import threading
import unittest
from unittest import mock

from support import Group, read_to_end, wait_for, workers

from kubewsgi.errors import TimedOut
from kubewsgi.overtime import Run, Watch, interrupter


class Silent:
    def report(self, text):
        pass


def overtimes(state):
    return [each for worker in workers(state) for each in worker["overtime"]]


class TheMomentOfTheEnd(unittest.TestCase):
    def test_nothing_happens_to_a_request_that_has_ended(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)
        counts = {"interrupted": 0, "unharmed": 0, "cut off": 0, "too late": 0}
        ended = set()

        def cut_off(run, has_begun):
            counts["cut off"] += 1
            counts["too late"] += run in ended

        watch = Watch(0.0, interrupter(), cut_off)

        def request():
            run = Run(Silent(), None, False)
            try:
                try:
                    watch.enter(run)
                    sum(range(2000))
                finally:
                    watch.leave(run)
            except TimedOut:
                watch.leave(run)
                counts["interrupted"] += 1
            else:
                counts["unharmed"] += 1
            ended.add(run)

        def requests():
            try:
                while min(counts["interrupted"], 10 * counts["cut off"]) < 200:
                    request()
                    sum(range(100))  # what a crew does between two
            except TimedOut:
                counts["too late"] += 1

        with mock.patch("kubewsgi.overtime._GRACE_SECONDS", 0.0):
            thread = threading.Thread(target=requests)
            thread.start()
            while thread.is_alive():
                watch.look()
        self.assertEqual(counts["too late"], 0)
        self.assertGreater(counts["unharmed"], 0)


class Steps(unittest.TestCase):
    """What becomes of a request that takes no notice, and when."""

    def stages(self, looks):
        """The times of its steps, with a limit of 1 s."""
        steps = []
        watch = Watch(1.0, lambda thread, raised: steps.append(now), lambda *_: steps.append(now))
        run = Run(mock.Mock(), None, False)
        with mock.patch("kubewsgi.overtime.monotonic", lambda: now):
            now = 0.0
            watch.enter(run)
            for now in looks:
                if watch.look() is not None:
                    steps.append(now)
        return steps

    def test_it_is_given_up_within_1750_ms_of_its_limit_however_late_each_look_is(self):
        looks = [0.24 + 0.25 * number for number in range(20)]
        self.assertEqual(self.stages(looks), [1.24, 1.99, 2.74])

    def test_looks_that_are_late_leave_half_of_its_grace(self):
        self.assertEqual(self.stages([3.0, 3.1, 3.4, 3.5, 4.2]), [3.0, 3.4, 4.2])


class Overtime(unittest.TestCase):
    def group(self, **changes):
        group = Group("overtime.wsgi", **{"requestTimeout": 0.3, "threads": 2, **changes})
        group.__enter__()
        self.addCleanup(group.__exit__)
        self.pid = workers(group.await_ready())[0]["pid"]
        return group

    def assert_same_worker(self, group):
        def quick():
            with group.slot() as slot:
                status, headers, body, _ = slot.ask("overtime.wsgi", target="/quick")
                # A connection that has just been closed takes a thread for a moment, too.
                return headers.get("KubeWsgi-Refused") != "busy" and (status, body, slot.worker)

        self.assertEqual(wait_for(quick), (200, b"quick", self.pid))

    def test_python_code_is_interrupted_and_answered_with_504(self):
        group = self.group()
        with group.slot() as slot:
            status, headers, body, complete = slot.ask("overtime.wsgi", target="/spin")
            self.assertEqual(status, 504)
            self.assertTrue(body.startswith(b"KW519: "), body)
            self.assertIn(b"request-1", body)
            # The connection is as good as before.
            self.assertEqual(slot.ask("overtime.wsgi", target="/quick")[2], b"quick")
        self.assertIn("[request-1] KW519: the request has run for 0.", group.log())
        self.assertIn("in spin", group.log())
        self.assertNotIn("KW521", group.log())
        self.assert_same_worker(group)

    def test_its_neighbour_goes_on(self):
        group = self.group(requestTimeout=1.5)
        with group.slot() as stuck, group.slot() as neighbour:
            stuck.send("overtime.wsgi", target="/spin")
            self.assertEqual(neighbour.ask("overtime.wsgi", target="/nap?0.3")[2], b"late")
            self.assertEqual(stuck.answer()[0], 504)
        self.assert_same_worker(group)

    def test_every_request_has_its_own_time(self):
        group = self.group(requestTimeout=1.5)
        with group.slot() as slot:
            for _ in range(5):
                self.assertEqual(slot.ask("overtime.wsgi", target="/nap?0.4")[0], 200)
        self.assertNotIn("KW519", group.log())

    def test_an_answer_that_has_begun_is_broken_off(self):
        group = self.group()
        with group.slot() as slot:
            slot.send("overtime.wsgi", target="/stream")
            status, _, body, complete = slot.answer()
            self.assertEqual((status, body, complete), (200, b"begun\n", False))
            self.assertTrue(slot.is_closed())
        self.assert_same_worker(group)

    def test_what_waits_outside_python_is_answered_for_and_its_worker_replaced(self):
        group = self.group()
        with group.slot() as stuck, group.slot() as neighbour:
            stuck.send("overtime.wsgi", target="/sleep")
            status, headers, body, complete = stuck.answer()
            self.assertEqual((status, headers["Connection"], complete), (504, "close", True))
            self.assertTrue(stuck.is_closed())
            (said,) = overtimes(group.await_state(overtimes))
            self.assertIn("time.sleep(", said["stack"])
            self.assertIn(said["request"], body.decode())
            neighbour.send("overtime.wsgi", target="/quick")
            self.assertEqual(neighbour.answer()[0], 200)
        ended = group.await_state(lambda s: s["exits"])["exits"][0]
        self.assertEqual(ended["pid"], self.pid)
        self.assertRegex(ended["limit"], r"^requestTimeout \([0-9]+ s\)$")
        self.assertTrue(ended["expected"])
        with group.slot_when_ready() as slot:
            self.assertNotEqual(slot.worker, self.pid)

    def test_code_that_catches_everything_costs_its_worker(self):
        group = self.group()
        with group.slot() as slot:
            self.assertEqual(slot.ask("overtime.wsgi", target="/swallow")[0], 504)
        ended = group.await_state(lambda s: s["exits"])["exits"][0]
        self.assertEqual((ended["pid"], ended["limit"][:14]), (self.pid, "requestTimeout"))

    def test_a_head_request_has_no_body(self):
        group = self.group()
        with group.slot() as slot:
            slot.send("overtime.wsgi", method="HEAD", target="/sleep")
            status, _, _, _ = slot.answer("HEAD")
            self.assertEqual(status, 504)
            self.assertTrue(slot.is_closed())

    def test_one_that_waits_for_its_client_comes_back_by_itself(self):
        group = self.group()
        with group.slot() as slot:
            slot.send("overtime.wsgi", "POST", "/body", fields=[("Content-Length", "10")])
            self.assertEqual(slot.answer()[0], 504)
            self.assertTrue(slot.is_closed())
        self.assert_same_worker(group)
        self.assertEqual(group.await_ready()["exits"], [])

    def test_a_slow_reader_s_answer_is_broken_off_without_a_foreign_byte(self):
        group = self.group()
        with group.slot() as slot:
            slot.send("overtime.wsgi", target="/large")
            wait_for(lambda: "KW519" in group.log())
            received = read_to_end(slot.connection)
        self.assertEqual(received.count(b"HTTP/1.1"), 1)
        self.assertEqual(set(received.partition(b"\r\n\r\n")[2]), {ord("x")})
        self.assert_same_worker(group)

    def test_one_that_ends_when_it_is_cut_off_harms_no_later_request(self):
        group = self.group(threads=20)
        slots = [group.slot() for _ in range(20)]
        for number, slot in enumerate(slots):
            self.addCleanup(slot.close)
            slot.send("overtime.wsgi", target=f"/nap?{1.2 + number * 0.01}")
        for slot in slots:
            status, headers, _, complete = slot.answer()
            self.assertEqual((status, complete), (504, True))
            if "Connection" not in headers:
                slot.send("overtime.wsgi", target="/quick")
                self.assertEqual(slot.answer()[0], 200)
        self.assert_same_worker(group)
        self.assertNotIn("KW516", group.log())

    def test_one_that_ends_in_the_moment_of_its_limit_is_answered_once(self):
        group = self.group(requestTimeout=0.1)
        seen = set()
        with group.slot() as slot:
            for step in range(30):
                nap = 0.09 + step * 0.002
                answer = slot.ask("overtime.wsgi", target=f"/nap?{nap}")
                self.assertTrue(answer[3])
                seen.add(answer[0])
        self.assertLessEqual(seen, {200, 504})
        self.assert_same_worker(group)
        self.assertNotIn("KW516", group.log())


if __name__ == "__main__":
    unittest.main()
