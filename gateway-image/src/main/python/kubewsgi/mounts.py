"""What another program exchanges under a running supervisor: the group document and the secrets.

The kubelet swaps a symbolic link for a whole directory; others rename a file into place or write
it where it lies. Nothing announces any of these, so whoever follows a mount looks now and then.
"""

import os

from kubewsgi import config
from kubewsgi.errors import GROUP_CONFIG, ConfigError


class DocumentFile:
    """The file of the group document."""

    def __init__(self, path):
        self._path = path
        self._identity = None  # of the file that was read last, or why it could not be
        self._content = None

    def read(self):
        """Its content. Raises ConfigError."""
        self.news()
        return self._content

    def news(self):
        """Its content if that is another one than the last, else None.

        Raises ConfigError if it cannot be read, once for as long as the reason stays the same.
        """
        try:
            with open(self._path, "rb") as file:
                identity = _identity(file)
                if identity == self._identity:
                    return None
                content = file.read()
        except OSError as failure:
            return self._unreadable(failure)
        self._identity = identity
        if content == self._content:
            return None
        self._content = content
        return content

    def _unreadable(self, failure):
        if self._identity != failure.strerror:
            self._identity = failure.strerror
            raise ConfigError(GROUP_CONFIG, f"{self._path}: {failure.strerror}") from None


class SecretsDirectory:
    """The directory of the group's secrets: `current` and, after a rotation, `previous`."""

    def __init__(self, path):
        self._path = path
        self._secrets = None
        self._trouble = None

    def read(self):
        """The secrets that are valid now. Raises ConfigError."""
        current = self._read("current")
        if current is None:
            raise ConfigError(GROUP_CONFIG, f"{self._path} has no file 'current'")
        previous = self._read("previous")
        self._secrets = (current,) if previous is None else (current, previous)
        return self._secrets

    def news(self):
        """The secrets if they are others than the last, else None.

        Raises ConfigError if they cannot be read, once for as long as the reason stays the same.
        """
        known = self._secrets
        try:
            found = self.read()
        except ConfigError as failure:
            if failure.message == self._trouble:
                return None
            self._trouble = failure.message
            raise
        self._trouble = None
        return None if found == known else found

    def _read(self, name):
        path = os.path.join(self._path, name)
        try:
            with open(path, encoding="ascii") as file:
                return config.secret(file.read().strip())
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise ConfigError(GROUP_CONFIG, f"{path}: {failure.strerror}") from None
        except ValueError:
            raise ConfigError(GROUP_CONFIG, f"{path} must be 16 or more ASCII characters") from None


def _identity(file):
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
