"""Something to preload: notes, for all of the process to see, by which name it was imported."""

import sys

sys.warmed = [*getattr(sys, "warmed", []), __name__]
