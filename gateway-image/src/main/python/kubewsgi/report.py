"""What the events say: the JSON documents of docs/worker-protocol.md, made from what is known."""

import os
import signal
from time import gmtime, monotonic, strftime, time

from kubewsgi import unit


def describe(config, units, exits, ending):
    """The whole state of a supervisor. `exits` are documents of describe_exit."""
    return {
        "group": config.group,
        "namespace": config.namespace,
        "sequence": config.sequence,
        "pid": os.getpid(),
        "state": unit.DRAINING if ending else unit.READY,
        "applicationGroups": [_describe_unit(described) for described in units],
        "exits": list(exits),
    }


def describe_exit(owner, state, status, for_memory):
    """The end of a worker; `status` as from waitpid(2)."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    return {
        "pid": state.pid,
        "applicationGroup": owner.application_group.id,
        "signal": number,
        "signalName": _signal_name(number),
        "exitCode": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "at": _instant(time()),
        "expected": state.state == unit.DRAINING,
        "oom": for_memory,
        "limit": state.worn if state.state == unit.DRAINING else None,
    }


def cause(ended):
    """In words, why a worker ended; `ended` is a document of describe_exit."""
    if ended["oom"]:
        return f"{ended['signalName']}, out of memory"
    return ended["signalName"] or f"exit code {ended['exitCode']}"


def _describe_unit(described):
    group = described.application_group
    return {
        "id": group.id,
        "revision": group.revision,
        "state": described.state,
        "workers": [
            {
                "pid": state.pid,
                "state": state.state,
                "since": _instant(state.since),
                "threads": state.threads,
                "overtime": [
                    {"request": request, "stack": stack} for request, stack in state.overtime
                ],
            }
            for state in described.workers
        ],
        "failure": _describe_failure(described.failure),
    }


def _describe_failure(failure):
    return failure and {
        "code": failure.code,
        "message": failure.message,
        "traceback": failure.traceback,
        "retryAt": _instant(time() + failure.retry_at - monotonic()),
    }


def _instant(seconds):
    """RFC 3339 in UTC with milliseconds."""
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"


def _signal_name(number):
    try:
        return None if number is None else signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
