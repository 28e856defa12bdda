"""Background code: a thread that the import starts, and that ends when the interpreter does.

It notes in the file journal of its directory when it begins and when it has ended.
"""

import atexit
import os
import threading


def note(what):
    with open("journal", "a", encoding="ascii") as file:
        file.write(f"{what} {os.getpid()}\n")


def work():
    note("began")
    to_end.wait()
    note("ended")


def end():
    to_end.set()
    thread.join()


to_end = threading.Event()
thread = threading.Thread(target=work, daemon=True)
thread.start()
atexit.register(end)
