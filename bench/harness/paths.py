"""Where things are in the checkout."""

from __future__ import annotations

from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
KUBE_WSGI = REPOSITORY / "bin" / "kube-wsgi"
CONFIGS = BENCH / "configs"
RESULTS = BENCH / "results"
