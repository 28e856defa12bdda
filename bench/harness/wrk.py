"""The load generator: wrk on a core of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .errors import BenchError
from .templates import write_filled
from .workloads import Workload

MARK = "wrk-result "


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw. Latencies are of all answers, as wrk's --latency gives them."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: dict[str, int]
    generator_cpu: float
    """Share of its core that wrk needed: near 1.0 it, and not the server, was measured."""

    @property
    def fault(self) -> str | None:
        """What makes the figures worthless, or None."""
        counted = [f"{count} {kind}" for kind, count in self.errors.items() if count]
        if counted:
            return "errors: " + ", ".join(counted)
        return None if self.requests_per_second else "no answer at all"


def parse_result(output: str, generator_cpu: float = 0.0, refused: bool = False) -> Load:
    """Read the JSON line that configs/wrk.lua prints when a run is done.

    refused: whether every answer should be of a status above 399, which wrk counts as an error
    """
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if len(lines) != 1:
        raise BenchError(f"wrk printed {len(lines)} results instead of one:\n{output}")
    result = json.loads(lines[0][len(MARK) :])
    errors = result["errors"]
    if refused:
        errors = {**errors, "status": abs(result["requests"] - errors["status"])}
    return Load(
        requests_per_second=result["requests"] / (result["duration_us"] / 1e6),
        p50_ms=result["p50_us"] / 1e3,
        p99_ms=result["p99_us"] / 1e3,
        max_ms=result["max_us"] / 1e3,
        errors=errors,
        generator_cpu=generator_cpu,
    )


class Wrk:
    """Runs wrk with one thread and a fixed number of keep-alive connections."""

    def __init__(self, configs: Path, scratch: Path, core: int, connections: int):
        self._configs = configs
        self._scratch = scratch
        self._core = core
        self._connections = connections

    def run(self, workload: Workload, port: int, seconds: float) -> Load:
        """Send `workload` to a loopback port for `seconds`, rounded up to whole ones."""
        command = [
            *("taskset", "--cpu-list", str(self._core)),
            *("wrk", "--threads", "1", "--connections", str(self._connections)),
            *("--duration", f"{max(1, round(seconds))}s", "--timeout", "10s", "--latency"),
            *("--script", str(self._script(workload))),
            f"http://127.0.0.1:{port}{workload.path}",
        ]
        started, cpu_before = time.monotonic(), _children_cpu_seconds()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        elapsed = time.monotonic() - started
        if run.returncode != 0:
            raise BenchError(f"wrk failed with {run.returncode}: {run.stderr or run.stdout}")
        generator_cpu = (_children_cpu_seconds() - cpu_before) / elapsed
        return parse_result(run.stdout, generator_cpu, refused=workload.status >= 400)

    def _script(self, workload: Workload) -> Path:
        body_file = ""
        if workload.body is not None:
            body_file = self._scratch / f"{workload.key}.body"
            body_file.write_bytes(workload.body)
        return write_filled(
            self._configs / "wrk.lua",
            self._scratch / f"{workload.key}.lua",
            {"method": workload.method, "body_file": body_file},
        )


def _children_cpu_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system
