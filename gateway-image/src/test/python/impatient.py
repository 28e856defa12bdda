"""Runs a supervisor that waits a second for a worker that hangs, and not five minutes."""

import functools
import sys

import support  # noqa: F401 - puts the sources on the path

from kubewsgi import main

if __name__ == "__main__":
    main.Supervisor = functools.partial(main.Supervisor, hang_limit=1.0)
    sys.exit(main.main(sys.argv[1:]))
