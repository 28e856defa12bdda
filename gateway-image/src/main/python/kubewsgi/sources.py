"""The files that come with a group document, on disk: a directory for each of their revisions.

A worker may be another user than the supervisor, which writes them: everybody may read them.
"""

import os

from kubewsgi.config import DIGEST_LENGTH
from kubewsgi.errors import SOURCES_UNWRITABLE, LoadError

_HEX = frozenset("0123456789abcdef")


class Sources:
    """`directory` is for this supervisor alone; None: a temporary one, once it is needed."""

    def __init__(self, directory=None):
        self._directory = directory and os.path.abspath(directory)
        self._is_temporary = directory is None
        self._written = set()  # ApplicationGroup.tree of those that are there
        if directory is not None:
            _remove_leftovers(directory)

    def put(self, group):
        """The directory that holds the files of an ApplicationGroup, None if it has none.

        Writes them unless they are there already: all of them appear at once. Raises LoadError.
        """
        if group.tree is None:
            return None
        before = os.umask(0o022)
        try:
            root = os.path.join(self._root(), group.tree)
            if not os.path.isdir(root):
                _write(root, group.files)
        except (OSError, UnicodeError) as failure:
            raise LoadError(
                SOURCES_UNWRITABLE,
                f"its files cannot be written by uid {os.getuid()} ({failure}); make room or give "
                "permission there, or rename the file",
            ) from None
        finally:
            os.umask(before)
        self._written.add(group.tree)
        return root

    def keep(self, trees):
        """Removes the files of everything else."""
        for tree in self._written.difference(trees):
            root = os.path.join(self._directory, tree)
            _remove(root)
            self._written.discard(tree)
            try:
                os.rmdir(os.path.dirname(root))
            except OSError:  # another revision is there
                pass

    def close(self):
        """Removes everything."""
        self.keep(())
        if self._is_temporary and self._directory:
            _remove(self._directory)

    def _root(self):
        if self._directory is None:
            from tempfile import mkdtemp  # loads much, and is needed outside of pods only

            self._directory = mkdtemp(prefix="kubewsgi-sources-")
            os.chmod(self._directory, 0o755)
        return self._directory


def _write(root, files):
    draft = f"{root}.new"
    _remove(draft)
    try:
        for name, text in files.items():
            path = os.path.join(draft, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as file:
                file.write(text.encode("utf-8"))
        os.rename(draft, root)
    except (OSError, UnicodeError):
        _remove(draft)  # a full disk is everybody's
        raise


def _remove_leftovers(directory):
    """Removes the files of a supervisor that was killed, and nothing that is not such a file."""
    try:
        names = os.listdir(directory)
    except OSError:  # whether it can be used shows as soon as it has to be
        return
    for name in names:
        if len(name) == DIGEST_LENGTH and _HEX.issuperset(name):
            _remove(os.path.join(directory, name))


def _remove(directory):
    from shutil import rmtree  # loads much, and only files in a document need it

    rmtree(directory, ignore_errors=True)
