"""The benchmark harness; `bench/README.md` says what it measures and why it may be believed."""
