import unittest

from harness.startup import outcomes, served_paths


class StartupTest(unittest.TestCase):
    def test_the_urls_on_the_port_give_the_paths_to_ask(self):
        table = (
            "admin http://127.0.0.1:9001/\n"
            "http://127.0.0.1:8000/  embedded\nhttp://127.0.0.1:8000/counter  daemon\n"
        )
        self.assertEqual(served_paths(table, 8000), ["/", "/counter"])
        self.assertEqual(served_paths("http://127.0.0.1:8000\n", 8000), ["/"])
        self.assertEqual(served_paths(table, 7000), [])

    def test_the_goal_is_of_the_median_time_to_the_first(self):
        first, last = outcomes([[0.8, 2.0], [1.2, 3.0], [0.9, 2.5]], ["/", "/counter"])
        self.assertEqual((first.value, first.reached), (0.9, True))
        self.assertEqual((last.value, last.reached), (2.5, None))


if __name__ == "__main__":
    unittest.main()
