"""Entry point of the worker's zipapp: `python kubewsgi.pyz supervise --config FILE`."""

import sys

from kubewsgi.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
