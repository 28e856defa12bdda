package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Daemon groups with real workers. */
class DaemonGroupTest {

  private static final String HELLO =
      """
      def application(environ, start_response):
          start_response("200 OK", [("Content-Type", "text/plain")])
          return [b"hello " + environ["PATH_INFO"].encode("latin-1")]
      """;

  private static final String ECHO =
      """
      def application(environ, start_response):
          body = environ["wsgi.input"].read()
          start_response("200 OK", [("Content-Type", "text/plain")])
          return [body]
      """;

  /** Blocks each request until a file of the given path exists. */
  private static final String GATED =
      """
      import os, time
      def application(environ, start_response):
          while not os.path.exists(environ["PATH_INFO"]):
              time.sleep(0.002)
          start_response("200 OK", [])
          return [str(os.getpid()).encode()]
      """;

  @Test
  void answersOverEachEventLoop() throws Exception {
    try (TestGroup test = new TestGroup(2, 3)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      for (int i = 0; i < 20; i++) {
        RecordedExchange exchange = test.sendGet(i, hello, "/%\n" + i).await();
        assertEquals(200, exchange.status());
        assertEquals("hello /%\n" + i, exchange.text());
        assertEquals("text/plain", exchange.head.first("content-type"));
      }
      test.untilSlots(6);
      assertEquals(0, test.group.status().busySlots());
      assertEquals(State.READY, test.status("hello").state());
      assertEquals(2, test.status("hello").workers().size());
      assertEquals(3, test.status("hello").workers().getFirst().threads().size());
    }
  }

  @Test
  void passesBodiesOfEverySizeAndFraming() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup echo = test.script("echo", ECHO);
      test.apply(echo);
      byte[] small = bytes(10_000);
      byte[] large = bytes(3_000_000);
      byte[][] pieces = {bytes(5), bytes(70_000), bytes(1), bytes(200_000)};
      for (int i = 0; i < 4; i++) {
        assertEcho(test, echo, i, false, small);
        assertEcho(test, echo, i, false, bytes(1), bytes(2));
        assertEcho(test, echo, i, false, large);
        assertEcho(test, echo, i, true, pieces);
        assertEcho(test, echo, i, true, new byte[0][]);
        RecordedExchange expecting =
            RecordedExchange.expecting(test.loop(i), test.route(echo), "/", small)
                .send(test.group.application("echo"))
                .await();
        assertArrayEquals(small, expecting.text().getBytes(StandardCharsets.ISO_8859_1));
      }
      assertEquals(2, test.group.status().slots());
    }
  }

  private static void assertEcho(
      TestGroup test, ApplicationGroup echo, int loop, boolean chunked, byte[]... blocks)
      throws Exception {
    RecordedExchange exchange =
        new RecordedExchange(test.loop(loop), test.route(echo), "POST", "/", chunked, blocks)
            .send(test.group.application("echo"))
            .await();
    assertEquals(200, exchange.status());
    assertArrayEquals(concat(blocks), exchange.text().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void bodyThatIsNotReadStaysWithTheClient() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      for (int i = 0; i < 3; i++) {
        RecordedExchange exchange =
            new RecordedExchange(
                    test.loop(i), test.route(hello), "POST", "/", false, bytes(100_000))
                .send(test.group.application("hello"))
                .await();
        assertEquals(200, exchange.status());
        assertFalse(exchange.bodyRead);
      }
    }
  }

  @Test
  void scriptsMayHaveAnyName() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup hello = test.script("h\u00e9llo \u2603", HELLO);
      test.apply(hello);
      assertEquals(200, test.get(hello, "/").status());
    }
  }

  @Test
  void slowClientHoldsTheAnswerBackAndLosesNothing() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup flood =
          test.script(
              "flood",
              """
              def application(environ, start_response):
                  start_response("200 OK", [])
                  return (bytes([65 + i % 26]) * 65536 for i in range(400))
              """);
      test.apply(flood);
      for (int i = 0; i < 2; i++) {
        RecordedExchange slow = RecordedExchange.get(test.loop(i), test.route(flood), "/");
        slow.window = 100_000;
        slow.send(test.group.application("flood"));
        slow.started.get();
        TestGroup.until("the window is used up", () -> slow.taken >= 100_000);
        assertEquals(200, test.sendGet(1, flood, "/").await().status());
        assertTrue(slow.taken < 4_000_000, () -> "taken " + slow.taken);
        slow.drainAll();
        assertEquals(400 * 65536, slow.await().taken);
      }
    }
  }

  @Test
  void anAnswerThatFitsTheBufferFreesItsThreadThoughItsClientIsSlow() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup large =
          test.script(
              "large",
              """
              def application(environ, start_response):
                  start_response("200 OK", [])
                  return (b"x" * 65536 for _ in range(60))
              """);
      test.answer(
          new AnswerSettings(Optional.empty(), Optional.empty(), Optional.empty(), 8 << 20));
      test.apply(large);
      for (int i = 0; i < 2; i++) {
        RecordedExchange slow = RecordedExchange.get(test.loop(i), test.route(large), "/");
        slow.window = 1;
        slow.send(test.group.application("large"));
        slow.started.get();

        assertEquals(60 * 65536, test.sendGet(1, large, "/").await().taken);

        assertEquals(60 * 65536, slow.await().taken);
      }
    }
  }

  @Test
  void headHasNoBody() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      for (int i = 0; i < 3; i++) {
        RecordedExchange exchange =
            new RecordedExchange(test.loop(i), test.route(hello), "HEAD", "/", false)
                .send(test.group.application("hello"))
                .await();
        assertEquals(200, exchange.status());
        assertEquals("", exchange.text());
      }
    }
  }

  /**
   * Four threads and a line of requests: whenever one request is let go, the first in the line
   * starts, on the worker that became free; no other starts, and none stays behind.
   */
  @Test
  void eachThreadThatBecomesFreeTakesTheFirstThatWaits() throws Exception {
    try (TestGroup test = new TestGroup(2, 2)) {
      ApplicationGroup gated =
          test.script(
              "gated",
              """
              import os, time
              def application(environ, start_response):
                  name = environ["PATH_INFO"]
                  with open(name + ".new", "w") as file:
                      file.write(str(os.getpid()))
                  os.rename(name + ".new", name + ".runs")
                  while not os.path.exists(name + ".gate"):
                      time.sleep(0.002)
                  start_response("200 OK", [])
                  return [b""]
              """);
      test.apply(gated);
      test.untilSlots(4);
      Random random = new Random(7);
      List<Integer> running = new ArrayList<>();
      List<String> workers = new ArrayList<>();
      List<RecordedExchange> sent = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        sent.add(test.sendGet(i, gated, test.scripts.resolve("" + i).toString()));
        if (i < 4) {
          workers.add(runs(test, i));
          running.add(i);
        } else {
          int waits = i - 3;
          TestGroup.until("it waits", () -> test.group.status().waiting() == waits);
        }
      }
      assertEquals(2, new HashSet<>(workers.subList(0, 2)).size(), "the first two on one worker");
      assertEquals(2, new HashSet<>(workers.subList(2, 4)).size(), "the next two on one worker");
      for (int next = 4; next < 30; next++) {
        int let = running.remove(random.nextInt(running.size()));
        Files.createFile(test.scripts.resolve(let + ".gate"));
        assertEquals(200, sent.get(let).await().status());
        workers.add(runs(test, next));
        assertEquals(workers.get(let), workers.get(next));
        assertFalse(Files.exists(test.scripts.resolve((next + 1) + ".runs")));
        running.add(next);
      }
      for (int last : running) {
        Files.createFile(test.scripts.resolve(last + ".gate"));
        sent.get(last).await();
      }
    }
  }

  /** Waits until the application has begun with the request; the pid of its worker. */
  private static String runs(TestGroup test, int request) throws Exception {
    Path file = test.scripts.resolve(request + ".runs");
    TestGroup.until("request " + request + " runs", () -> Files.exists(file));
    return Files.readString(file);
  }

  @Test
  void requestsForAGroupWithoutReplicasWaitForOneUntilTheirDeadline() throws Exception {
    try (TestGroup test = new TestGroup(1, 1, 100, Duration.ofMillis(100))) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.replicas(0);
      test.apply(hello);
      assertEquals(FailureCode.QUEUE_TIMEOUT, test.get(hello, "/").failure.code());
    }
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.replicas(0);
      test.apply(hello);
      RecordedExchange waits = test.sendGet(0, hello, "/");
      TestGroup.until("it waits", () -> test.group.status().waiting() == 1);
      test.replicas(1);
      test.apply(hello);
      assertEquals(200, waits.await().status());
      test.replicas(0);
      test.apply(hello);
      TestGroup.until("no process is left", () -> test.group.status().supervisors().isEmpty());
    }
  }

  @Test
  void requestsWaitWhileTheApplicationStartsAndKeepTheirOrder() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup count =
          test.script(
              "count",
              """
              import itertools
              numbers = itertools.count()
              def application(environ, start_response):
                  start_response("200 OK", [])
                  return [str(next(numbers)).encode()]
              """);
      test.apply(count);
      List<RecordedExchange> sent = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sent.add(test.sendGet(0, count, "/"));
      }
      for (int i = 0; i < 50; i++) {
        assertEquals("" + i, sent.get(i).await().text());
      }
    }
  }

  @Test
  void fullQueueAndDeadlineRefuseWithRetryAfter() throws Exception {
    try (TestGroup test = new TestGroup(1, 1, 2, Duration.ofMillis(200))) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      test.untilSlots(1);
      String gate = test.scripts.resolve("gate").toString();
      RecordedExchange running = test.sendGet(0, gated, gate);
      TestGroup.until("it runs", () -> test.group.status().busySlots() == 1);
      List<RecordedExchange> waiting =
          List.of(test.sendGet(0, gated, gate), test.sendGet(0, gated, gate));
      RecordedExchange refused = test.sendGet(0, gated, gate).await();
      assertEquals(FailureCode.QUEUE_FULL, refused.failure.code());
      assertTrue(refused.failure.retryAfter().isPresent());
      for (RecordedExchange exchange : waiting) {
        assertEquals(FailureCode.QUEUE_TIMEOUT, exchange.await().failure.code());
      }
      Files.createFile(Path.of(gate));
      assertEquals(200, running.await().status());
    }
  }

  @Test
  void brokenApplicationIsRefusedAtOnceWithTheReason() throws Exception {
    try (TestGroup test = new TestGroup(2, 2)) {
      ApplicationGroup broken = test.script("broken", "import no_such_module\n");
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(broken, hello);
      RecordedExchange exchange = test.get(broken, "/");
      assertEquals(FailureCode.APPLICATION_NOT_LOADED, exchange.failure.code());
      assertTrue(exchange.failure.detail().contains("no_such_module"), exchange.failure.detail());
      assertEquals(200, test.get(hello, "/").status());
      assertEquals(State.FAILED, test.status("broken").state());
      assertTrue(
          test.status("broken").failure().orElseThrow().traceback().contains("no_such_module"));
      ApplicationGroup mended = test.script("broken", HELLO);
      test.apply(mended, hello);
      assertEquals(200, test.get(mended, "/").status());
    }
  }

  @Test
  void killedWorkerFailsOnlyItsOwnRequestsAndNamesTheSignal() throws Exception {
    try (TestGroup test = new TestGroup(2, 1)) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      test.untilSlots(2);
      String gate = test.scripts.resolve("gate").toString();
      RecordedExchange one = test.sendGet(0, gated, gate);
      RecordedExchange other = test.sendGet(1, gated, gate);
      TestGroup.until("both run", () -> test.group.status().busySlots() == 2);
      RecordedExchange waiting = test.sendGet(0, gated, gate);
      long victim = test.pids("gated").getFirst();
      ProcessHandle.of(victim).orElseThrow().destroyForcibly();
      TestGroup.until("one is lost", () -> one.over.isDone() || other.over.isDone());
      RecordedExchange lost = one.over.isDone() ? one : other;
      RecordedExchange kept = one.over.isDone() ? other : one;
      assertEquals(FailureCode.WORKER_DIED, lost.failure.code());
      assertTrue(
          lost.failure
              .detail()
              .startsWith("worker " + victim + " of group default/site1 was killed by SIGKILL"),
          lost.failure.detail());
      Files.createFile(Path.of(gate));
      assertEquals(200, kept.await().status());
      assertEquals(200, waiting.await().status());
      test.untilSlots(2);
      assertEquals(Map.of("died", 1L), test.group.status().workerEnds());
    }
  }

  @Test
  void killingWorkersUnderLoadLosesNoMoreThanTheyRan() throws Exception {
    int kills = 4;
    try (TestGroup test = new TestGroup(3, 2, 1000, Duration.ofSeconds(20))) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      test.untilSlots(6);
      List<RecordedExchange> sent = new ArrayList<>();
      for (int kill = 0; kill < kills; kill++) {
        TestGroup.until("a worker", () -> !test.pids("hello").isEmpty());
        List<RecordedExchange> burst = burst(test, hello, 200);
        long victim = test.pids("hello").getFirst();
        ProcessHandle.of(victim).ifPresent(ProcessHandle::destroyForcibly);
        sent.addAll(burst);
        sent.addAll(burst(test, hello, 100));
        for (RecordedExchange exchange : sent) {
          exchange.await();
        }
      }
      List<RecordedExchange> lost = sent.stream().filter(e -> e.status() != 200).toList();
      lost.forEach(e -> assertEquals(FailureCode.WORKER_DIED, e.failure.code(), "" + e.failure));
      assertTrue(lost.size() <= 2 * kills, "lost " + lost.size());
      test.untilSlots(6);
    }
  }

  private static List<RecordedExchange> burst(TestGroup test, ApplicationGroup group, int count) {
    List<RecordedExchange> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(test.sendGet(i, group, "/"));
    }
    return sent;
  }

  @Test
  void groupWithoutAPythonSaysSoAndIsTriedAgain() throws Exception {
    Path python = Files.createTempDirectory("kw-python").resolve("python3");
    try (TestGroup test = new TestGroup(1, 1, 10, Duration.ofSeconds(20), python)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      RecordedExchange exchange = test.get(hello, "/");
      assertEquals(FailureCode.GROUP_UNAVAILABLE, exchange.failure.code());
      assertTrue(exchange.failure.detail().contains(python.toString()), exchange.failure.detail());
      assertTrue(exchange.failure.detail().contains("install Python"), exchange.failure.detail());
      Files.createSymbolicLink(python, TestGroup.PYTHON);
      TestGroup.until("slots", () -> test.group.status().slots() == 1);
      assertEquals(200, test.get(hello, "/").status());
    }
  }

  @Test
  void supervisorThatEndsAtOnceIsSaidToDoSo() throws Exception {
    try (TestGroup test = new TestGroup(1, 1, 10, Duration.ofSeconds(20), Path.of("/bin/false"))) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      RecordedExchange exchange = test.get(hello, "/");
      assertEquals(FailureCode.GROUP_UNAVAILABLE, exchange.failure.code());
      assertTrue(exchange.failure.detail().contains("exit code 1"), exchange.failure.detail());
    }
  }

  @Test
  void killedSupervisorIsStartedAgain() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      test.untilSlots(2);
      long supervisor = test.group.status().supervisors().getFirst();
      RecordedExchange lost = test.sendGet(0, gated, "/never");
      TestGroup.until("it runs", () -> test.group.status().busySlots() == 1);
      ProcessHandle.of(supervisor).orElseThrow().destroyForcibly();
      assertEquals(FailureCode.WORKER_DIED, lost.await().failure.code());
      assertEquals(200, test.get(gated, "/").status());
      assertFalse(test.group.status().supervisors().contains(supervisor));
    }
  }

  @Test
  void reloadUnderLoadLosesNothing() throws Exception {
    try (TestGroup test = new TestGroup(2, 2)) {
      ApplicationGroup current = test.script("hello", HELLO);
      test.apply(current);
      List<RecordedExchange> sent = new ArrayList<>();
      for (int reload = 0; reload < 5; reload++) {
        for (int i = 0; i < 100; i++) {
          sent.add(test.sendGet(i, current, "/").await());
        }
        current = test.script("hello", HELLO.replace("hello", "hello" + reload));
        test.apply(current);
        ApplicationGroup expected = current;
        String text = "hello" + reload + " /";
        for (int i = 0; !sent.getLast().text().equals(text) && i < 100_000; i++) {
          List<RecordedExchange> burst =
              Stream.of(0, 1, 2, 3, 4, 5).map(n -> test.sendGet(n, expected, "/")).toList();
          for (RecordedExchange exchange : burst) {
            sent.add(exchange.await());
          }
        }
        assertEquals(text, sent.getLast().text());
      }
      sent.forEach(exchange -> assertEquals(200, exchange.status(), () -> "" + exchange.failure));
      TestGroup.until("the old are gone", () -> test.status("hello").workers().size() == 2);
    }
  }

  @Test
  void scriptAddedToAnApplicationGroupIsServedOnceItIsLoaded() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup hello = test.script("both", HELLO);
      test.apply(hello);
      assertEquals(200, test.get(hello, "/").status());
      ApplicationGroup echo = test.script("echo", ECHO);
      ApplicationGroup both =
          new ApplicationGroup(
              "both",
              hello.processGroup(),
              hello.name(),
              "with echo",
              List.of(echo.scripts().getFirst(), hello.scripts().getFirst()),
              hello.python(),
              hello.env(),
              Map.of(),
              List.of());
      test.apply(both);
      RecordedExchange added =
          new RecordedExchange(test.loop(0), test.route(both), "POST", "/", false, bytes(9));
      RecordedExchange old = test.sendGet(1, hello, "/");
      added.send(test.group.application("both"));
      assertEquals(200, old.await().status());
      assertEquals(200, added.await().status());
      assertEquals(9, added.text().length());
    }
  }

  @Test
  void brokenReloadKeepsWhatRanBefore() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      test.apply(hello);
      assertEquals(200, test.get(hello, "/").status());
      test.apply(test.script("hello", "raise RuntimeError('half done')\n"));
      TestGroup.until("the failure", () -> test.status("hello").failure().isPresent());
      assertEquals(200, test.get(hello, "/").status());
      assertEquals(State.READY, test.status("hello").state());
      assertTrue(test.status("hello").failure().orElseThrow().message().contains("half done"));
    }
  }

  @Test
  void clientThatLeavesFreesItsPlaceAndTheWorker() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      test.untilSlots(1);
      String gate = test.scripts.resolve("gate").toString();
      RecordedExchange leaving = test.sendGet(0, gated, gate);
      TestGroup.until("it runs", () -> test.group.status().busySlots() == 1);
      RecordedExchange waiting = test.sendGet(1, gated, gate);
      RecordedExchange impatient = test.sendGet(1, gated, gate);
      TestGroup.until("both wait", () -> test.group.status().waiting() == 2);
      impatient.leave();
      TestGroup.until("it is gone", () -> test.group.status().waiting() == 1);
      leaving.leave();
      Files.createFile(Path.of(gate));
      assertEquals(200, waiting.await().status());
      test.untilSlots(1);
      assertEquals(200, test.get(gated, gate).status());
    }
  }

  @Test
  void answerThatBreaksOffAbortsTheClient() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup half =
          test.script(
              "half",
              """
              def application(environ, start_response):
                  start_response("200 OK", [])
                  yield b"half"
                  raise RuntimeError("no more")
              """);
      test.apply(half);
      for (int i = 0; i < 2; i++) {
        RecordedExchange exchange = test.sendGet(i, half, "/").await();
        assertTrue(exchange.aborted);
        assertEquals(FailureCode.RESPONSE_INCOMPLETE, exchange.failure.code());
      }
    }
  }

  @Test
  void changedThreadsAndRemovedApplicationsTakeEffect() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup hello = test.script("hello", HELLO);
      ApplicationGroup echo = test.script("echo", ECHO);
      test.apply(hello, echo);
      test.untilSlots(4);
      test.apply(hello);
      test.untilSlots(2);
      var s = test.settings;
      test.settings =
          new dev.kubewsgi.routes.DaemonGroupSettings(
              s.id(),
              s.name(),
              s.displayName(),
              2,
              2,
              true,
              3,
              s.user(),
              s.group(),
              s.workingDir(),
              s.env(),
              s.queue(),
              s.answer(),
              s.startupTimeout(),
              s.gracefulTimeout(),
              s.shutdownTimeout(),
              s.worker());
      test.apply(hello);
      test.untilSlots(12);
      assertEquals(2, test.group.status().supervisors().size());
      assertEquals(200, test.get(hello, "/").status());
    }
  }

  @Test
  void statusNamesTheRequestThatRuns() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      String gate = test.scripts.resolve("gate").toString();
      RecordedExchange running = test.sendGet(0, gated, gate);
      TestGroup.until(
          "it shows",
          () ->
              test.status("gated").workers().stream()
                  .flatMap(worker -> worker.threads().stream())
                  .flatMap(thread -> thread.running().stream())
                  .anyMatch(
                      request ->
                          request.requestId().equals("r1") && request.target().equals(gate)));
      Files.createFile(Path.of(gate));
      running.await();
    }
  }

  @Test
  void stopAnswersWhatRuns() throws Exception {
    RecordedExchange running;
    try (TestGroup test = new TestGroup(1, 1)) {
      ApplicationGroup gated = test.script("gated", GATED);
      test.apply(gated);
      test.untilSlots(1);
      String gate = test.scripts.resolve("gate").toString();
      running = test.sendGet(0, gated, gate);
      TestGroup.until("it runs", () -> test.group.status().busySlots() == 1);
      test.group.stop();
      Files.createFile(Path.of(gate));
    }
    assertEquals(200, running.await().status());
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  private static byte[] concat(byte[][] blocks) {
    int length = Arrays.stream(blocks).mapToInt(block -> block.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] block : blocks) {
      System.arraycopy(block, 0, all, at, block.length);
      at += block.length;
    }
    return all;
  }
}
