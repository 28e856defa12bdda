"""httpbin, under the name that a script has."""

from httpbin import app as application

__all__ = ["application"]
