"""Notes, where whoever comes later in the process can see it, that it has been imported."""

import sys

sys.imported_early = [*getattr(sys, "imported_early", []), __name__]
