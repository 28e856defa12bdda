"""Sends nonsense on every socket that may lead to the supervisor."""

import os
import socket

NONSENSE = (b"worn ", b"worn \xff", b"worn " + b"x" * 60000, b"worn memoryLimit (1 MiB)\nx", b"pong ")


def application(environ, start_response):
    for name in os.listdir("/proc/self/fd"):
        try:
            other = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        with other:
            if other.family == socket.AF_UNIX and other.type == socket.SOCK_SEQPACKET:
                for nonsense in (*NONSENSE, b"failed x"):
                    other.send(nonsense)
    start_response("200 OK", [])
    return [b"sent"]
