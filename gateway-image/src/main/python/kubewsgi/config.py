"""A group's configuration: the JSON document that the operator or the gateway writes and replaces.

Reading reports every mistake at once and refuses unknown keys: a misspelt one would be ignored
for ever.
"""

import json

from kubewsgi.errors import GROUP_CONFIG, ConfigError
from kubewsgi.recycling import Limits

# What is preloaded.
MODULE = "module"
SCRIPT = "script"
# Of the names of directories, in hexadecimal digits.
DIGEST_LENGTH = 32
_REQUIRED = object()


class GroupConfig:
    """What the supervisor is to run. Times are seconds.

    `listen` and `secret` are None where the document leaves them to the command line.
    """

    __slots__ = (
        "group",
        "namespace",
        "sequence",
        "title",
        "listen",
        "secret",
        "processes",
        "multiprocess",
        "threads",
        "uid",
        "gid",
        "working_dir",
        "env",
        "startup_timeout",
        "graceful_timeout",
        "shutdown_timeout",
        "deadlock_timeout",
        "request_timeout",
        "umask",
        "nice",
        "switch_interval",
        "stack_size",
        "limits",
        "application_groups",
    )

    def worker_settings(self):
        """Everything of the group that a running worker cannot change."""
        return (
            self.group,
            self.title,
            self.multiprocess,
            self.threads,
            self.uid,
            self.gid,
            self.working_dir,
            tuple(sorted(self.env.items())),
            self.request_timeout,
            self.umask,
            self.nice,
            self.switch_interval,
            self.stack_size,
            self.limits.of_worker(),
        )


class ApplicationGroup:
    """One application group at one revision.

    `files` is text by relative name, and `tree` where they lie below the supervisor's directory:
    somewhere else for other files, None for none. Scripts and Python paths may be relative to it.
    `preload` holds pairs of MODULE or SCRIPT and its name, to be imported before the scripts.
    One without scripts is a service: it serves no requests, and runs what `preload` starts.
    """

    __slots__ = (
        "id",
        "name",
        "revision",
        "files",
        "tree",
        "preload",
        "scripts",
        "python_home",
        "python_path",
        "env",
    )

    @property
    def is_service(self):
        """Whether it has nothing to serve requests with."""
        return not self.scripts

    def key(self):
        """Equal keys: a running worker of one serves the other."""
        return (
            self.id,
            self.name,
            self.revision,
            self.tree,
            self.preload,
            self.scripts,
            self.python_home,
            self.python_path,
            tuple(sorted(self.env.items())),
        )


def parse(text):
    """The GroupConfig in a JSON text. Raises ConfigError, which lists every mistake."""
    try:
        document = json.loads(text)
    except ValueError as failure:
        raise ConfigError(GROUP_CONFIG, f"the configuration is not JSON: {failure}") from None
    faults = []
    config = _group(_Fields(document, "", faults))
    if faults:
        raise ConfigError(GROUP_CONFIG, "; ".join(faults))
    return config


def complete(config, listen, has_secrets):
    """Adds what the command line says: `listen`, a tcp_address or None. Raises ConfigError.

    In a cluster the document has neither `listen` nor `secret`: every pod has its own of the one,
    and the other is nothing for a ConfigMap.
    """
    config.listen = listen or config.listen
    faults = []
    if config.listen is None:
        faults.append("listen is missing: give it here, or --listen HOST:PORT")
    if config.secret is None and not has_secrets:
        faults.append("secret is missing: give it here, or --secrets DIR")
    if faults:
        raise ConfigError(GROUP_CONFIG, "; ".join(faults))


def tcp_address(value):
    """("tcp", host, port) of HOST:PORT. Raises ValueError."""
    host, _, port = value.rpartition(":")
    _check(
        host and port.isascii() and port.isdigit() and int(port) < 65536,
        'HOST:PORT, as "127.0.0.1:0"',
    )
    return "tcp", host.strip("[]"), int(port)


def secret(value):
    """A secret as it may be used. Raises ValueError."""
    _check(isinstance(value, str) and len(value) >= 16 and value.isascii(), "16 or more characters")
    return value


def _group(fields):
    config = GroupConfig()
    config.group = fields.take("group", _text)
    config.namespace = fields.take("namespace", _text, "default")
    config.sequence = fields.take("sequence", _sequence, 0)
    config.title = _title(fields.take("displayName", _optional(_text), "%{GROUP}"), config.group)
    config.listen = fields.take("listen", _listen, None)
    config.secret = fields.take("secret", secret, None)
    config.processes = fields.take("processes", _count, 1)
    config.multiprocess = fields.take("multiprocess", _flag, config.processes != 1)
    config.threads = fields.take("threads", _threads, 15)
    config.uid = fields.take("uid", _optional(_user_id), None)
    config.gid = fields.take("gid", _optional(_group_id), None)
    config.working_dir = fields.take("workingDir", _optional(_path), None) or "/"
    config.env = fields.take("env", _variables, {})
    config.startup_timeout = fields.take("startupTimeout", _seconds, 15.0)
    config.graceful_timeout = fields.take("gracefulTimeout", _seconds, 15.0)
    config.shutdown_timeout = fields.take("shutdownTimeout", _seconds, 5.0)
    config.deadlock_timeout = fields.take("deadlockTimeout", _positive_seconds, 300.0)
    config.request_timeout = fields.take("requestTimeout", _positive_seconds, None)
    config.umask = fields.take("umask", _file_mode, None)
    config.nice = fields.take("nice", _niceness, 0)
    config.switch_interval = fields.take("switchInterval", _positive_seconds, None)
    config.stack_size = fields.take("stackSize", _stack_size, None)
    config.limits = _limits(fields)
    config.application_groups = [
        _application_group(child) for child in fields.take_list("applicationGroups")
    ]
    fields.finish()
    if config.threads == 0 and not all(g.is_service for g in config.application_groups):
        fields.fault("threads", "must be above 0 where application groups have scripts")
    identifiers = [group.id for group in config.application_groups]
    for identifier in sorted({i for i in identifiers if i and identifiers.count(i) > 1}):
        fields.fault("applicationGroups", f"the id {identifier!r} occurs twice")
    return config


def _limits(fields):
    return Limits(
        maximum_requests=fields.take("maximumRequests", _whole, None),
        restart_interval=fields.take("restartInterval", _positive_seconds, None),
        inactivity_timeout=fields.take("inactivityTimeout", _positive_seconds, None),
        cpu_time_limit=fields.take("cpuTimeLimit", _positive_seconds, None),
        memory_limit=fields.take("memoryLimit", _whole, None),
    )


def _application_group(fields):
    group = ApplicationGroup()
    group.id = fields.take("id", _text)
    group.name = fields.take("name", _any_text, "")
    group.revision = fields.take("revision", _text)
    group.env = fields.take("env", _variables, {})
    group.files = fields.take("files", _files, {})
    group.tree = _tree(group) if group.files else None
    location = _path if group.files == {} else _location
    python = _Fields(fields.take("python", _object, {}), fields.path("python"), fields.faults)
    group.python_home = python.take("home", _optional(location), None)
    group.python_path = tuple(python.take("path", _each(location), []) or ())
    python.finish()
    group.preload = tuple(_preload(child) for child in fields.take_list("preload"))
    group.scripts = tuple(_script(child, location) for child in fields.take_list("scripts"))
    if not group.scripts and not group.preload:
        fields.fault("scripts", "must name at least one script, or preload something to run")
    fields.finish()
    return group


def _script(fields, location):
    script = fields.take("script", location), fields.take("callable", _text, "application")
    fields.finish()
    return script


def _preload(fields):
    kinds = fields.take(SCRIPT, _path, None), fields.take(MODULE, _module, None)
    if kinds.count(None) != 1:
        fields.fault(MODULE, f"or {SCRIPT} must be there, and not both")
    fields.finish()
    script, module = kinds
    return (MODULE, module) if script is None else (SCRIPT, script)


def _tree(group):
    from hashlib import sha256  # loads OpenSSL, which most groups do without

    def digest(content):
        return sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()

    names = digest(group.id), digest([group.revision, group.files])
    return "/".join(name[:DIGEST_LENGTH] for name in names)


class _Fields:
    """Takes one object's fields apart, collecting faults under the object's path."""

    def __init__(self, document, path, faults):
        self.faults = faults
        self._path = path
        if not isinstance(document, dict):
            self.faults.append(f"{path or 'the configuration'} must be an object")
            document = {}
        self._left = dict(document)
        self._broken = not document

    def take(self, name, check, default=_REQUIRED):
        value = self._left.pop(name, default)
        if value is _REQUIRED:
            if not self._broken:
                self.fault(name, "is missing")
            return None
        if value is default:
            return value
        try:
            return check(value)
        except ValueError as failure:
            self.fault(name, str(failure))
            return None

    def take_list(self, name):
        value = self.take(name, _list, [])
        return [
            _Fields(child, f"{self.path(name)}[{index}]", self.faults)
            for index, child in enumerate(value or [])
        ]

    def finish(self):
        for name in self._left:
            self.fault(name, "is no known key")

    def fault(self, name, text):
        self.faults.append(f"{self.path(name)} {text}")

    def path(self, name):
        return f"{self._path}.{name}" if self._path else name


def _check(condition, expected):
    if not condition:
        raise ValueError(f"must be {expected}")


def _optional(check):
    return lambda value: None if value is None else check(value)


def _any_text(value):
    _check(isinstance(value, str) and value.isprintable(), "a printable string")
    return value


def _text(value):
    _check(isinstance(value, str) and value and value.isprintable(), "a non-empty string")
    return value


def _path(value):
    _check(isinstance(value, str) and value[:1] == "/" and "\0" not in value, "an absolute path")
    return value


def _location(value):
    """An absolute path, or one relative to the files of the application group."""
    if isinstance(value, str) and value[:1] != "/":
        return _relative(value)
    return _path(value)


def _relative(value):
    plain = "\0" not in value and not {"", ".", ".."}.intersection(value.split("/"))
    _check(plain, f"a relative path without empty, '.' or '..' segments and NUL, not {value!r}")
    return value


def _files(value):
    for name, text in _object(value).items():
        _check(isinstance(text, str), f"an object of texts, but {name!r} is none")
        try:
            _relative(name).encode("utf-8")
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"must be in characters of Unicode, but {name!r} is not") from None
    return value


def _module(value):
    names = value.split(".") if isinstance(value, str) else [""]
    _check(all(name.isidentifier() for name in names), 'the name of a module, as "shop.tasks"')
    return value


def _each(check):
    return lambda value: [check(entry) for entry in _list(value)]


def _list(value):
    _check(isinstance(value, list), "a list")
    return value


def _object(value):
    _check(isinstance(value, dict), "an object")
    return value


def _variables(value):
    for name, text in _object(value).items():
        _check(name and "=" not in name and "\0" not in name, "an object of variable names")
        _check(isinstance(text, str) and "\0" not in text, "an object of strings without NUL")
    return value


def _flag(value):
    _check(isinstance(value, bool), "true or false")
    return value


def _count(value):
    _check(type(value) is int and 1 <= value <= 10000, "a number from 1 to 10000")
    return value


def _threads(value):
    _check(type(value) is int and 0 <= value <= 10000, "a number from 0 to 10000")
    return value


def _whole(value):
    _check(type(value) is int and value >= 1, "a number from 1")
    return value


def _stack_size(value):
    _check(type(value) is int and 32768 <= value < 2**31, "bytes, from 32768 on")
    return value


def _file_mode(value):
    octal = isinstance(value, str) and value.isascii() and value.isdigit()
    _check(octal and int(value, 8) <= 0o777, 'octal digits, as "027"')
    return int(value, 8)


def _niceness(value):
    _check(type(value) is int and 0 <= value <= 19, "a number from 0 to 19")
    return value


def _sequence(value):
    _check(type(value) is int and value >= 0, "a number from 0")
    return value


def _user_id(value):
    _check(type(value) is int and value > 0, "a uid above 0; an application never runs as root")
    return value


def _group_id(value):
    _check(type(value) is int and value >= 0, "a gid")
    return value


def _seconds(value):
    _check(type(value) in (int, float) and 0 <= value <= 86400, "seconds from 0 to 86400")
    return float(value)


def _positive_seconds(value):
    _check(type(value) in (int, float) and value > 0, "seconds above 0")
    return float(value)


def _listen(value):
    """("unix", path) or ("tcp", host, port)."""
    _check(isinstance(value, dict) and len(value) == 1, '{"unix": PATH} or {"tcp": "HOST:PORT"}')
    ((kind, address),) = value.items()
    if kind == "unix":
        _check(len(_path(address).encode()) <= 107, "a path of at most 107 bytes (unix(7))")
        return "unix", address
    _check(kind == "tcp" and isinstance(address, str), '{"unix": PATH} or {"tcp": "HOST:PORT"}')
    return tcp_address(address)


def _title(display_name, group):
    """mod_wsgi's display-name: `%{GROUP}` stands for `(wsgi:<group>)`."""
    return display_name and display_name.replace("%{GROUP}", f"(wsgi:{group})")
