"""Answers in 64 blocks of 1 KiB that a generator yields: what each block of a stream costs.

Without a Content-Length, so that each server frames it as it does, most as chunks.
"""

BLOCKS = [bytes([65 + number % 26]) * 1023 + b"\n" for number in range(64)]


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return (block for block in BLOCKS)
