"""Says what its process was set up with."""

import ctypes
import json
import os
import sys
import threading

of_new_threads = threading.stack_size()


def read_umask():
    with open("/proc/self/status", encoding="ascii") as file:
        return next(line.split()[1] for line in file if line.startswith("Umask:"))


def stack_of_this_thread():
    """In bytes, as the C library gave it (pthread_getattr_np(3))."""
    size = ctypes.c_size_t()
    attributes = ctypes.create_string_buffer(64)
    libc = ctypes.CDLL(None)
    libc.pthread_self.restype = ctypes.c_ulong
    libc.pthread_getattr_np(ctypes.c_ulong(libc.pthread_self()), attributes)
    libc.pthread_attr_getstacksize(attributes, ctypes.byref(size))
    libc.pthread_attr_destroy(attributes)
    return size.value


def application(environ, start_response):
    answer = {
        "umask": read_umask(),
        "nice": os.nice(0),
        "switchInterval": sys.getswitchinterval(),
        "stack": stack_of_this_thread(),
        "stackOfNewThreads": of_new_threads,
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode("ascii")]
