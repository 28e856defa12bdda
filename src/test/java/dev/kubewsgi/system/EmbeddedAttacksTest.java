package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What ends or corrupts the process of an ordinary Python, run in a real gateway: it lives, its
 * other applications answer, and the message says what to do. The rows of docs/embedded-limits.md.
 */
@ExtendWith(OutputOnFailure.class)
class EmbeddedAttacksTest {

  @TempDir static Path directory;
  private static ServedDirectory served;

  @BeforeAll
  static void serve() {
    String manifest =
        Scripts.embedded("/neighbour", "pid.py")
            + Scripts.embedded("/attacked", "attacks.py")
            + Scripts.embedded("/global", "attacks.py")
            + "  applicationGroup: '%{GLOBAL}'\n";
    served = ServedDirectory.of(Scripts.in(directory, manifest, "pid.py", "attacks.py"));
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  static Stream<Arguments> attacks() {
    String refused = "RuntimeError: KW528: ";
    String recursion = "RecursionError: ";
    return Stream.of(
        Arguments.of("import os; os._exit(3)", refused),
        Arguments.of("import posix; posix._exit(3)", refused),
        Arguments.of("import os; os.abort()", refused),
        Arguments.of("import os; os.kill(os.getpid(), 9)", refused),
        Arguments.of("import os; os.kill(0, 15)", refused),
        Arguments.of("import os; os.killpg(os.getpgrp(), 15)", refused),
        Arguments.of("import signal; signal.raise_signal(signal.SIGTERM)", refused),
        Arguments.of("import signal; signal.alarm(1)", refused),
        Arguments.of("import signal; signal.setitimer(signal.ITIMER_REAL, 0.1)", refused),
        Arguments.of(
            "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
            refused),
        Arguments.of("import signal; signal.signal(15, signal.SIG_IGN)", "ValueError: "),
        Arguments.of("import os; os.fork()", refused),
        Arguments.of(
            "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
            refused),
        Arguments.of("import os; os.execl('/bin/true', 'true')", refused),
        Arguments.of("import os; os.waitpid(-1, os.WNOHANG)", refused),
        Arguments.of("import os; os.closerange(3, 1024)", refused),
        Arguments.of("import os; os.close(1)", refused),
        Arguments.of("import os; os.dup2(0, 2)", refused),
        Arguments.of("import os; os.chdir('/tmp')", refused),
        Arguments.of("import os; os.setuid(65534)", refused),
        Arguments.of("import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (9, 9))", refused),
        Arguments.of("import resource as r; r.prlimit(0, r.RLIMIT_AS, (9, 9))", refused),
        Arguments.of("import faulthandler as f; f.dump_traceback_later(0.1, exit=True)", "None"),
        Arguments.of("import signal; signal.siginterrupt(10, True)", refused),
        Arguments.of("result = input()", "EOFError"),
        Arguments.of("import faulthandler as f; f.enable(); f.register(10)", "None"),
        Arguments.of("raise SystemError('of C')", "SystemError: of C"),
        Arguments.of(
            deep("class A:\n  def __repr__(self): return repr([self])\nrepr(A())"), recursion),
        Arguments.of(deep("class A:\n  def __call__(self): return self()\nA()()"), recursion),
        Arguments.of(
            deep("class A:\n  def __getattr__(self, n): return getattr(self, n + 'a')\nA().b"),
            recursion),
        Arguments.of(deep("def f(x): return sorted([x, 1], key=f)\nf(1)"), recursion),
        Arguments.of(
            deep("class A:\n  def __lt__(self, o): return sorted([self, o])\nA() < A()"),
            recursion),
        Arguments.of(
            """
            import sys, threading
            sys.setrecursionlimit(10**6)
            def f(x): return sorted([x, 1], key=f)
            def run():
                global result
                try: f(1)
                except RecursionError: result = 'caught'
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
            """,
            "caught"),
        Arguments.of("x = []\nfor _ in range(10**6): x = [x]\ndel x", "None"),
        Arguments.of("compile('(' * 10**5 + ')' * 10**5, 'x', 'eval')", "SyntaxError: "));
  }

  private static String deep(String code) {
    return "import sys; sys.setrecursionlimit(10**6)\n" + code;
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void theGatewayLives(String attack, String answer) {
    long pid = Long.parseLong(served.get("/neighbour").body());
    for (String path : List.of("/attacked", "/global")) {
      String said = attack(path, attack);
      assertTrue(said.startsWith(answer), said);
      if (said.contains("KW528")) {
        assertTrue(said.endsWith("or move the alias to a daemon group (spec.processGroup)"), said);
      }
    }
    assertEquals("" + pid, served.get("/neighbour").body());
  }

  static Stream<String> harmless() {
    return Stream.of(
        "import subprocess; result = subprocess.run(['true']).returncode == 0",
        "import multiprocessing as m, os; p = m.get_context('spawn').Process(target=os.getpid)\n"
            + "p.start(); p.join(); result = p.exitcode == 0",
        "import subprocess, os; p = subprocess.Popen(['sleep', '60'])\n"
            + "os.kill(p.pid, 9); result = os.waitpid(p.pid, 0)[1] == 9",
        "import os; os.kill(os.getpid(), 0); result = True",
        "import os; r, w = os.pipe(); os.close(w); os.close(fd=r); result = True",
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); result = True",
        "import resource as r; result = bool(r.prlimit(0, r.RLIMIT_NOFILE))",
        "import asyncio; result = asyncio.run(asyncio.sleep(0.01, True))",
        "import sys; sys.setrecursionlimit(5000); result = sys.getrecursionlimit() == 5000");
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void whatHarmsNobodyWorksAsElsewhere(String code) {
    assertEquals("True", attack("/attacked", code));
    assertEquals("True", attack("/global", code));
  }

  @Test
  void saysInTheLogThatARecursionLimitWasCut() {
    attack("/attacked", "import sys; sys.setrecursionlimit(123456)");
    served
        .command()
        .awaitLine(
            "the limit", line -> line.contains("KW528: sys.setrecursionlimit(123456) sets 10000"));
  }

  @Test
  void systemExitIsTheFailureOfItsRequest() {
    HttpResponse<String> answer =
        served.send(
            HttpRequest.newBuilder(served.url("/attacked"))
                .POST(BodyPublishers.ofString("import sys; sys.exit(3)")));
    assertEquals(500, answer.statusCode());
    assertEquals(200, served.get("/neighbour").statusCode());
  }

  /** Each would end the process, or keep all other interpreters from being ended. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "import atexit, threading, time\n"
            + "atexit.register(lambda: threading.Thread(target=time.sleep, args=(3,)).start())",
        "import atexit\nclass A:\n  def __lt__(self, o): return sorted([self, o])\n"
            + "atexit.register(lambda: A() < A())",
        "import atexit, time; atexit.register(time.sleep, 999)",
        "import atexit, sys; atexit.register(sys.exit)",
      })
  void whatRunsAtTheEndOfAnInterpreterEndsNobodyElse(String attack) throws Exception {
    String pid = served.get("/neighbour").body();
    for (int time = 0; time < 2; time++) {
      attack("/attacked", attack);
      String mark = "mark_" + UUID.randomUUID().toString().replace("-", "");
      served.write("attacks.py", Files.readString(served.file("attacks.py")) + mark + " = True\n");
      Eventually.isTrue(
          "the new code serves",
          () ->
              attack(
                      "/attacked",
                      "import sys; result = any('"
                          + mark
                          + "' in vars(m) for m in list(sys.modules.values()))")
                  .equals("True"));
    }
    assertEquals(pid, served.get("/neighbour").body());
  }

  /** An atexit function may tell them to. */
  @Test
  void aThreadThatEndsWhenTheApplicationDoesLeavesNothingBehind() throws Exception {
    int from = served.command().output().size();
    long before = draining();
    attack(
        "/attacked",
        """
        import atexit, threading
        stop = threading.Event()
        threading.Thread(target=stop.wait, daemon=True).start()
        atexit.register(lambda: print('told to stop') or stop.set())
        """);
    served.write("attacks.py", Files.readString(served.file("attacks.py")) + "# one more\n");
    served.command().awaitLine("its end", from, line -> line.contains("told to stop"));
    Eventually.isTrue("its interpreter has ended", () -> draining() <= before);
    assertTrue(
        served.command().output().stream().skip(from).noneMatch(line -> line.contains("KW314")));
  }

  /** CPython aborts the process when an interpreter is ended beside such a thread. */
  @Test
  void aThreadThatDoesNotEndOutlivesItsInterpretersReload() throws Exception {
    int from = served.command().output().size();
    attack(
        "/attacked",
        "import threading, time; threading.Thread(target=time.sleep, args=(999,), daemon=True).start()");
    served.write("attacks.py", Files.readString(served.file("attacks.py")) + "# another\n");
    served.command().awaitLine("KW314", from, line -> line.contains("KW314 "));
    assertEquals("1", attack("/attacked", "result = 1"));
  }

  private static long draining() {
    String workers = served.get(served.adminUrl("/api/v1/workers")).body();
    return Pattern.compile("DRAINING").matcher(workers).results().count();
  }

  private static String attack(String path, String code) {
    HttpResponse<String> answer =
        served.send(HttpRequest.newBuilder(served.url(path)).POST(BodyPublishers.ofString(code)));
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }
}
