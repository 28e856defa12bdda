"""The one error the harness shows to its user."""


class BenchError(Exception):
    """Something the person at the terminal can act on; its text says what and how."""
