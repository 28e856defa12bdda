"""Cannot be imported."""

raise RuntimeError("this script fails on purpose")
