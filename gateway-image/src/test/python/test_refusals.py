"""What embedded code may not do, in a process that plays the gateway's: it lives to tell."""

import subprocess
import sys
import unittest

import support

PREPARE = f"""
import sys
sys.path.insert(0, {str(support.SOURCES)!r})
from kubewsgi import refusals
logged = []
refusals.install(logged.append)

def tried(code):
    try:
        exec(code, {{}})
    except RecursionError:
        return "RecursionError"
    except RuntimeError as refusal:
        return str(refusal)
    return "done"
"""

REFUSED = """
import os; os._exit(3)
import posix; posix._exit(3)
import os; os.abort()
import os; os.kill(os.getpid(), 9)
import os; os.kill(0, 9)
import os; os.kill(-os.getpgrp(), 9)
import os; os.killpg(0, 9)
import signal; signal.raise_signal(9)
import signal, _thread; signal.pthread_kill(_thread.get_ident(), 9)
import signal; signal.alarm(1)
import signal; signal.setitimer(signal.ITIMER_REAL, 0.01)
import signal; signal.siginterrupt(10, True)
import signal; signal.pthread_sigmask(signal.SIG_SETMASK, {11})
import os; os.fork()
import pty; pty.fork()
import os; os.execv("/bin/true", ["true"])
import os; os.execlp("true", "true")
import os; os.wait()
import os; os.waitpid(-1, 0)
import os; os.waitid(os.P_ALL, 0, os.WEXITED)
import os; os.closerange(0, 9)
import os; os.close(0)
import os; os.dup2(0, 1)
import os; os.chdir("/")
import os; os.setuid(os.getuid())
import resource as r; r.setrlimit(r.RLIMIT_CORE, (0, 0))
import resource as r, os; r.prlimit(os.getpid(), r.RLIMIT_CORE, (0, 0))
""".strip().splitlines()

ALLOWED = """
import os; os.kill(os.getpid(), 0)
import subprocess; subprocess.check_call(["true"])
import subprocess, os; p = subprocess.Popen(["sleep", "9"]); os.kill(p.pid, 9); os.waitpid(p.pid, 0)
import os; os.close(os.dup(0))
import os; os.dup2(0, 60); os.close(fd=60)
import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
import signal; signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
import resource as r; r.prlimit(0, r.RLIMIT_CORE)
import os; os.wait4(pid=os.posix_spawn("/bin/true", ["true"], {}), options=0)
import os; p = os.posix_spawn("/bin/true", ["true"], {}); os.waitid(os.P_PID, p, os.WEXITED)
import signal; signal.alarm(0)
import signal, _thread; signal.pthread_kill(_thread.get_ident(), 0)
import subprocess as s, os; s.check_call(["true"], preexec_fn=lambda: os.close(0))
import os; assert os.kill.__name__ == "kill"
import multiprocessing.connection as c; a, b = c.Pipe(); a.close(); b.close()
""".strip().splitlines()

# Each level of these goes through C, where the stack is what is used up.
DEEP = """
class A:\\n def __repr__(self): return repr([self])\\nrepr(A())
class A:\\n def __call__(self): return self()\\nA()()
class A:\\n def __getattr__(self, n): return getattr(self, n + "a")\\nA().b
class A:\\n def __lt__(self, o): return sorted([self, o])\\nA() < A()
class A:\\n def __iter__(self): return iter(list(self))\\nlist(A())
class A:\\n def __format__(self, s): return f"{self:{s}}"\\nformat(A(), "")
def f(x): return sorted([x, 1], key=f)\\nf(1)
def f(x): return list(map(f, [x]))\\nf(1)
from functools import partial\\ndef f(x): return partial(f, x)()\\nf(1)
""".strip().splitlines()


def outcome(program):
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + program],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=120,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


class Refusals(unittest.TestCase):
    def test_what_would_end_or_change_the_process_is_refused_with_its_cure(self):
        code, lines, errors = outcome(f"for code in {REFUSED!r}:\n    print(tried(code))\n")
        self.assertEqual((code, errors), (0, ""))
        for attack, line in zip(REFUSED, lines):
            with self.subTest(attack):
                self.assertRegex(line, r"^KW528: .+ or move the alias to a daemon group \(spec\.")
        self.assertEqual(len(lines), len(REFUSED))

    def test_what_harms_nobody_goes_on(self):
        code, lines, errors = outcome(f"for code in {ALLOWED!r}:\n    print(tried(code))\n")
        self.assertEqual((code, lines, errors), (0, ["done"] * len(ALLOWED), ""))

    def test_a_recursion_ends_before_its_stack_does(self):
        attacks = [attack.replace("\\n", "\n") for attack in DEEP]
        code, lines, errors = outcome(
            "import threading\n"
            "sys.setrecursionlimit(10**6)\n"
            f"def all(): [print(tried(code)) for code in {attacks!r}]\n"
            "thread = threading.Thread(target=all)\n"
            "thread.start()\n"
            "thread.join()\n"
            "print(sys.getrecursionlimit(), *logged)\n"
        )
        self.assertEqual((code, lines[:-1], errors), (0, ["RecursionError"] * len(DEEP), ""))
        self.assertRegex(lines[-1], r"^10000 KW528: sys\.setrecursionlimit\(1000000\) sets 10000 ")

    def test_crash_handlers_are_left_out_with_a_line_in_the_log(self):
        code, lines, errors = outcome(
            "import faulthandler\n"
            "faulthandler.enable()\n"
            "faulthandler.register(10)\n"
            "faulthandler.dump_traceback_later(0.01, exit=True)\n"
            "print(faulthandler.is_enabled(), *[line[:30] for line in logged], sep='\\n')\n"
        )
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(
            lines,
            [
                "False",
                "KW528: faulthandler.enable() d",
                "KW528: faulthandler.register()",
                "KW528: faulthandler.dump_trace",
            ],
        )

    def test_installed_twice_is_installed_once(self):
        code, lines, errors = outcome(
            "import os\nbefore = os.kill, sys.setrecursionlimit\n"
            "refusals.install(print)\nprint(before == (os.kill, sys.setrecursionlimit))\n"
        )
        self.assertEqual((code, lines, errors), (0, ["True"], ""))


if __name__ == "__main__":
    unittest.main()
