"""A result of every part, as a run would have made it."""

from dataclasses import asdict

from harness.summary import Figure, Outcome

FIGURE = Figure("nginx-uwsgi", "hello", 31946.4, 1.9, 3.44, (), 0, 33000.2, 0.26)
OURS = Figure("kube-wsgi-embedded", "hello", 60000.0, 1.0, 2.0, (), 0, 61000.0, 0.5)
ALONE = Figure("kube-wsgi-alone", "hello", 90000.0, 0.5, 1.0, (), 0, 91000.0, 0.8)
STREAMED = Figure("nginx-uwsgi", "stream", 7000.0, 9.0, 12.0, (), 0, 7100.0, 0.4)
MEMORY = {
    "nginx-uwsgi": {"pss_kb": 2048, "processes": 8, "hello_worker_pss_kb": None, "idle_cpu": 0.01}
}
RATIO = Outcome("hello: a / b", 2.5, 1.2, "×", rounds=(2.5, 2.0, 3.0), by_cpu=2.4)
UNPROMISED = Outcome("echo: a / b", 0.9, None, "×", rounds=(0.9,))


def compared(figures=(FIGURE, OURS, ALONE, STREAMED), outcomes=(RATIO, UNPROMISED)):
    return {
        "command": "bench/run",
        "settings": {"rounds": 3, "seconds": 6, "warm_up_seconds": 30, "connections": 64},
        "outcomes": [one.as_json() for one in outcomes],
        "figures": [asdict(one) for one in figures],
        "memory": MEMORY,
        "samples": [],
    }


def added():
    way = {"p50": 0.2, "p99": 1.5, "late_p99": 0.02}
    return {
        "command": "bench/run",
        "settings": {"rounds": 1, "seconds": 6, "connections": 15, "requests_per_second": 9500},
        "outcomes": [Outcome("added", 0.12, 0.2, "ms", at_most=True).as_json()],
        "rounds": [{"gateway": {**way, "p50": 0.32}, "worker": way}],
    }


def memory():
    rows = {"shared": (204_800, 3), "each": (409_600, 102), "gunicorn": (3_072_000, 200)}
    return {
        "command": "bench/run",
        "settings": {"applications": 100, "threads": 15},
        "outcomes": [Outcome("PSS", 0.07, 0.2, "×", at_most=True).as_json()],
        "servers": {
            key: {"title": f"as {key}", "pss_kb": pss, "rss_kb": pss, "processes": count}
            for key, (pss, count) in rows.items()
        },
    }


def rescue():
    return {
        "command": "bench/run --part rescue",
        "settings": {"times": 3, "limit_seconds": 1.0},
        "outcomes": [Outcome("rescue", 1.8, 2.0, "s", at_most=True, note="504").as_json()],
        "seconds": {"daemon": [[1.0, 1.8]]},
    }


def start():
    return {
        "command": "bench/run --part start",
        "settings": {"starts": 3, "paths": ["/"]},
        "outcomes": [Outcome("start", 1.2, 1.0, "s", at_most=True, rounds=(1.2,)).as_json()],
        "seconds": [[1.2]],
    }


def reloads():
    def mode(title, workers):
        points = [
            {
                "reloads": number,
                "requests": 1000 * number,
                "seconds": 0.1 * number,
                "gateway_rss": 250_000 + 100 * number,
                "gateway_pss": 240_000 + 100 * number,
                "workers_rss": workers,
                "workers_pss": workers,
            }
            for number in range(5, 1001, 5)
        ]
        return {
            "title": title,
            "answers": 1_000_400,
            "failures": 0,
            "faults": [],
            "reloads": 1000,
            "reload_p50_s": 0.11,
            "reload_max_s": 0.3,
            "points": points,
            "rss_before_kb": 270_000,
            "rss_after_kb": 340_000,
            "growth_percent": 25.9,
        }

    return {
        "command": "bench/run",
        "settings": {
            "requests": 1_000_000,
            "reloads": 1000,
            "connections": 4,
            "warm_up_share": 0.2,
            "window_share": 0.1,
        },
        "outcomes": [Outcome("failures", 0, 0, "", at_most=True).as_json()],
        "modes": {
            "embedded": mode("kube-wsgi embedded", 0),
            "daemon": mode("kube-wsgi daemon", 40_000),
        },
    }


def result(**parts):
    """A document of these parts, or of all."""
    made = parts or {
        "compare": compared(),
        "added": added(),
        "memory": memory(),
        "start": start(),
        "rescue": rescue(),
        "reloads": reloads(),
    }
    return {"machine": {"cores": "2", "kube-wsgi": "abc"}, "parts": made}
