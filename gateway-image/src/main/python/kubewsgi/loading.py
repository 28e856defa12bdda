"""Loads a WSGI script file and makes a virtual environment's packages importable, in both modes."""

import os
import site
import sys
from types import ModuleType

from kubewsgi.errors import (
    CALLABLE_MISSING,
    CALLABLE_NOT_CALLABLE,
    PYTHON_HOME,
    PYTHON_PATH,
    PYTHON_VERSION,
    SCRIPT_MISSING,
    SCRIPT_RAISED,
    SCRIPT_SYNTAX,
    SCRIPT_UNREADABLE,
    LoadError,
)

_MISSING = object()
_CALL = "()"  # after the name of a function that makes the application


def load(script, callable_name, module_name):
    """Executes the file `script` as a fresh module and returns its WSGI callable.

    Raises LoadError; the module is then not left in sys.modules.
    """
    module = load_module(script, module_name)
    try:
        return find_callable(script, module, callable_name)
    except LoadError:
        sys.modules.pop(module_name, None)
        raise


def load_module(script, module_name):
    """Executes the file `script` as a fresh module, registers and returns it.

    As with mod_wsgi the script's directory is not put on sys.path: python.path does that. Raises
    LoadError, also when the script raises SystemExit; the module is then not left in sys.modules.
    """
    code = _compile(script, _read(script))
    module = ModuleType(module_name)
    module.__file__ = script
    sys.modules[module_name] = module
    try:
        _execute(script, code, module)
    except LoadError:
        sys.modules.pop(module_name, None)
        raise
    return module


def load_named(name):
    """Imports the module `name`, as an import statement does. Raises LoadError."""
    try:
        __import__(name)
    except BaseException as failure:
        raise _raised(f"the module {name}", "was preloaded", failure) from None


def find_callable(script, module, name):
    """The WSGI callable `name` of a loaded script; of `name()` what that function returns.

    Raises LoadError.
    """
    attribute = name.removesuffix(_CALL)
    found = getattr(module, attribute, _MISSING)
    if found is _MISSING:
        names = sorted(
            key for key, value in vars(module).items() if callable(value) and key[0] != "_"
        )
        raise LoadError(
            CALLABLE_MISSING,
            f"the script {script} defines no {attribute!r}; define it, or set `callable` to one "
            "of: " + (", ".join(names[:10]) or "(it defines no callable)"),
        )
    _check_callable(script, attribute, found)
    if attribute == name:
        return found
    application = _make(script, attribute, found)
    _check_callable(script, name, application)
    return application


def _check_callable(script, name, found):
    if not callable(found):
        raise LoadError(
            CALLABLE_NOT_CALLABLE,
            f"{name!r} in the script {script} is of type {type(found).__name__}, which "
            "cannot be called; set `callable` to the WSGI application itself, or to a function "
            "that makes it, as create_app()",
        )


def _make(script, name, factory):
    try:
        return factory()
    except BaseException as failure:
        raise _raised(f"{name}() of the script {script}", "was called", failure) from None


def activate_python(home, path):
    """Makes the packages of the venv `home` (None: none) and of the directories `path` importable.

    `path` comes first on sys.path, in order; each directory's .pth files are processed. Raises
    LoadError when the venv was made for another Python than this one.
    """
    if home is not None:
        _activate_home(home)
    for directory in path:
        if not os.path.isdir(directory):
            raise LoadError(
                PYTHON_PATH,
                f"python.path names {directory}, which is no directory here; "
                "correct the path, or mount or create the directory",
            )
    before = list(sys.path)
    for directory in path:
        site.addsitedir(directory)
    wanted = [os.path.abspath(directory) for directory in path]
    added = wanted + [entry for entry in sys.path if entry not in before and entry not in wanted]
    sys.path[:] = added + [entry for entry in sys.path if entry not in added]


def _read(script):
    try:
        with open(script, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise LoadError(
            SCRIPT_MISSING,
            f"the script {script} does not exist; correct `script`, or put the file there",
        ) from None
    except IsADirectoryError:
        raise LoadError(
            SCRIPT_UNREADABLE, f"the script {script} is a directory; name the file in it"
        ) from None
    except OSError as failure:
        raise LoadError(
            SCRIPT_UNREADABLE,
            f"the script {script} cannot be read by uid {os.getuid()} ({failure.strerror}); "
            "change its permissions, or the group's user",
        ) from None


def _compile(script, text):
    try:
        return compile(text, script, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as failure:
        line = f", line {failure.lineno}" if isinstance(failure, SyntaxError) else ""
        raise LoadError(
            SCRIPT_SYNTAX,
            f"the script {script}{line} is not valid Python {_minor()}: {failure}; correct it",
            _traceback(failure, None),
        ) from None


def _execute(script, code, module):
    try:
        exec(code, module.__dict__)
    except BaseException as failure:
        raise _raised(f"the script {script}", "was loaded", failure) from None


def _raised(what, when, failure):
    frames = failure.__traceback__
    return LoadError(
        SCRIPT_RAISED,
        f"{what} raised {type(failure).__name__} when it {when}: {_text(failure)}; "
        f"{_cure(failure)}",
        _traceback(failure, frames and frames.tb_next),
    )


def _activate_home(home):
    settings = _read_settings(home)
    packages = os.path.join(home, "lib", f"python{_minor()}", "site-packages")
    found = _home_version(home, settings)
    if found is not None and found != _minor():
        raise LoadError(
            PYTHON_VERSION,
            f"python.home {home} is for Python {found}, but this is Python {_minor()} "
            f"({sys.executable}); create it again with Python {_minor()} -m venv, or run the "
            f"group with Python {found}",
        )
    if not os.path.isdir(packages):
        raise LoadError(
            PYTHON_HOME,
            f"python.home {home} is no virtual environment: {packages} does not exist; "
            f"create it with python{_minor()} -m venv {home}",
        )
    if settings is not None and settings.get("include-system-site-packages", "false") != "true":
        _hide_system_packages()
    sys.prefix = sys.exec_prefix = os.path.abspath(home)
    site.addsitedir(packages)


def _home_version(home, settings):
    """The minor version, `3.11`, a venv was made for; None if nothing tells."""
    version = (settings or {}).get("version") or (settings or {}).get("version_info")
    if version:
        return ".".join(version.split(".")[:2])
    try:
        names = [name[6:] for name in os.listdir(os.path.join(home, "lib")) if name[:6] == "python"]
    except OSError:
        return None
    names = [name for name in names if name[:1].isdigit()]
    return _minor() if _minor() in names else (names or [None])[0]


def _read_settings(home):
    try:
        with open(os.path.join(home, "pyvenv.cfg"), encoding="utf-8") as file:
            pairs = [line.partition("=") for line in file if "=" in line]
    except OSError:
        return None
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


def _hide_system_packages():
    hidden = {*site.getsitepackages(), site.getusersitepackages()}
    hidden |= {os.path.realpath(entry) for entry in hidden}
    sys.path[:] = [
        entry
        for entry in sys.path
        if entry not in hidden
        and not (entry.endswith("dist-packages") and entry.startswith(sys.base_prefix))
    ]


def _cure(failure):
    if isinstance(failure, ModuleNotFoundError):
        return "install it where python.home points, or add its directory to python.path"
    if isinstance(failure, SystemExit):
        return "remove the call that ends the process"
    return "the traceback shows where"


def _text(failure):
    try:
        return str(failure)
    except Exception:
        return "(its text could not be read)"


def _traceback(failure, frames):
    import traceback  # loaded at the first failure only

    try:
        return "".join(traceback.format_exception(type(failure), failure, frames))
    except Exception:
        return ""


def _minor():
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
