"""Failures that have a stable code; docs/errors.md explains each of them."""

SCRIPT_MISSING = "KW301"
SCRIPT_UNREADABLE = "KW302"
SCRIPT_SYNTAX = "KW303"
SCRIPT_RAISED = "KW304"
CALLABLE_MISSING = "KW305"
CALLABLE_NOT_CALLABLE = "KW306"
IMPORT_HUNG = "KW307"
DIED_ON_IMPORT = "KW308"
PYTHON_VERSION = "KW309"
PYTHON_HOME = "KW310"
PYTHON_PATH = "KW311"
EXTENSION_REFUSED = "KW312"
WORKING_DIR = "KW313"
SOURCES_UNWRITABLE = "KW315"
GROUP_CONFIG = "KW320"
GROUP_LISTEN = "KW321"
GROUP_IDENTITY = "KW322"
SUPERVISOR_FAULT = "KW323"

SLOT_UNAUTHORIZED = "KW511"
SLOT_UNKNOWN = "KW512"
SLOT_NOT_READY = "KW513"
SLOT_BAD_REQUEST = "KW514"
NOT_CANONICAL = "KW515"
WORKER_FAULT = "KW516"
WORKER_HUNG = "KW517"
LIMIT_TOO_LOW = "KW518"
TIMED_OUT = "KW519"
APPLICATION_RAISED = "KW521"
RAISED_AFTER_HEAD = "KW522"
BODY_SHORT = "KW523"
BODY_LONG = "KW524"
BODY_UNWANTED = "KW525"
CLIENT_LEFT = "KW526"
CLOSE_RAISED = "KW527"
GATEWAY_PROTECTED = "KW528"


class LoadError(Exception):
    """An application could not be loaded: `code`, `message` with its cure, `traceback_text`."""

    def __init__(self, code, message, traceback_text=""):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.traceback_text = traceback_text


class ConfigError(Exception):
    """A group's configuration cannot be used: `code` and `message`, which names every field."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class TimedOut(BaseException):
    """Raised in the thread of a request that has run for longer than requestTimeout.

    No Exception: an application that catches those is to be interrupted all the same.
    """


class ResponseAborted(Exception):
    """The answer cannot be completed: the mode must break the connection, never end the body.

    The reason has been logged already where it is the application's.
    """

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
