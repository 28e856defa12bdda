package dev.kubewsgi.gateway.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.python.WorkerProgram;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.QueueSettings;
import dev.kubewsgi.routes.Route;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications in the real CPython of this machine, inside this JVM. */
@Timeout(60)
class EmbeddedModeTest {

  private static final EmbeddedSettings FIVE_THREADS = settings(5, 100, Duration.ofSeconds(45));

  @TempDir static Path directory;
  @TempDir private Path sources;
  private static PythonRuntime runtime;
  private static final ConcurrentLinkedQueue<String> LOG = new ConcurrentLinkedQueue<>();
  private static final EventLoop LOOP = new DefaultEventLoop();

  private final EmbeddedMode mode = new EmbeddedMode(() -> runtime, () -> sources);

  @BeforeAll
  static void startPython() {
    var installation = new PythonFinder(System.getenv()).forEmbedding().orElseThrow();
    var program = directory.resolve("worker");
    WorkerProgram.unpack(program);
    runtime = PythonRuntime.start(installation, program, LOG::add);
  }

  @AfterAll
  static void stopLoop() {
    LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void servesAScriptInASubInterpreter() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain"), ("X-Name", "caf\\u00e9")])
                return [("%s %s" % (environ["PATH_INFO"], environ["mod_wsgi.process_group"] == ""))
                        .encode("latin-1")]
            """);

    var outcome = get(route).await();

    assertNull(outcome.failure());
    assertEquals(200, outcome.status());
    assertEquals("/caf\u00c3\u00a9 True", outcome.body());
    assertEquals(
        List.of("Content-Type", "text/plain", "X-Name", "caf\u00e9", "Content-Length", "11"),
        outcome.fields());
  }

  @Test
  void tellsTheApplicationWhenTheRequestCameAndHowLongItWaited() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [])
                start, queued, waited, called = (
                    environ["mod_wsgi." + name]
                    for name in ("request_start", "queue_start", "queue_time", "application_start"))
                return [repr((start, 0 <= waited < 10, queued <= called)).encode()]
            """);

    assertEquals("(1700000000.000001, True, True)", get(route).await().body());
  }

  @Test
  void echoesABodyOfSeveralMegabytes() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [])
                return iter(lambda: environ["wsgi.input"].read(70000), b"")
            """);
    var block = new byte[64 * 1024];
    Arrays.fill(block, (byte) 'x');
    var blocks = new ArrayList<byte[]>();
    for (var i = 0; i < 100; i++) {
      blocks.add(block);
    }

    var exchange = new RecordedExchange(LOOP, route, "POST", blocks);
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(exchange));

    assertEquals(100 * block.length, exchange.await().body().length());
  }

  @Test
  void stopsTheApplicationWhileTheClientDoesNotRead() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [])
                return (b"y" * 65536 for _ in range(64))
            """);
    var exchange = new RecordedExchange(LOOP, route, "GET", List.of());
    exchange.clientIsSlow = true;
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(exchange));

    await(() -> exchange.receivedBytes() >= 256 * 1024);
    assertTrue(!exchange.outcome().isDone() && exchange.receivedBytes() < 2 * 256 * 1024);
    exchange.clientReads();

    assertEquals(64 * 65536, exchange.await().body().length());
  }

  @Test
  void sendsAnAnswerOfOneLargeBlockNoFasterThanTheClientTakesIt() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [])
                return [b"z" * 8000000]
            """);
    var exchange = new RecordedExchange(LOOP, route, "GET", List.of());
    exchange.clientIsSlow = true;
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(exchange));

    await(() -> exchange.receivedBytes() >= 256 * 1024);
    assertTrue(!exchange.outcome().isDone() && exchange.receivedBytes() < 2 * 256 * 1024);
    exchange.clientReads();

    var outcome = exchange.await();
    assertEquals(8_000_000, outcome.body().length());
    assertEquals(List.of("Content-Length", "8000000"), outcome.fields());
  }

  @Test
  void answersAnExceptionWith500AndLogsItsTracebackWithTheRequestId() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                raise KeyError("broken on purpose")
            """);

    var outcome = get(route).await();

    assertEquals(500, outcome.status());
    assertTrue(outcome.body().contains("r-1"), outcome.body());
    assertTrue(
        LOG.stream().anyMatch(line -> line.contains("[r-1]") && line.contains("broken on purpose")),
        LOG.toString());
  }

  @Test
  void abortsWhenTheApplicationFailsInMidAnswer() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                start_response("200 OK", [])
                yield b"first"
                raise ValueError("then broken")
            """);

    var outcome = get(route).await();

    assertEquals("first", outcome.body());
    assertEquals(FailureCode.RESPONSE_INCOMPLETE, outcome.failure().code());
  }

  @Test
  void sendsPrintedLinesToTheLog() throws Exception {
    var route =
        serve(
            """
            import sys
            def application(environ, start_response):
                print("printed here")
                print("an error", file=environ["wsgi.errors"])
                start_response("200 OK", [])
                return [b"ok"]
            """);

    get(route).await();

    assertTrue(LOG.contains("[r-1] printed here"), LOG.toString());
    assertTrue(LOG.contains("[r-1] an error"), LOG.toString());
  }

  @Test
  void runsAsManyRequestsAtOnceAsItHasThreads() throws Exception {
    var route =
        serve(
            """
            import threading
            together = threading.Barrier(5, timeout=20)
            def application(environ, start_response):
                together.wait()
                start_response("200 OK", [])
                return [b"met"]
            """);

    var exchanges = new ArrayList<RecordedExchange>();
    for (var i = 0; i < 5; i++) {
      exchanges.add(get(route));
    }

    for (var exchange : exchanges) {
      assertEquals("met", exchange.await().body());
    }
  }

  @Test
  void refusesWhatTheQueueCannotHold() throws Exception {
    var route = serve(waitsForAFile("full"), settings(1, 1, Duration.ofSeconds(45)));
    var running = get(route);
    awaitFile("full.running");
    var waiting = get(route);

    var refused = get(route).await();
    Files.createFile(directory.resolve("full.go"));

    assertEquals(FailureCode.QUEUE_FULL, refused.failure().code());
    assertEquals("went", running.await().body());
    assertEquals("went", waiting.await().body());
  }

  @Test
  void refusesWhatWaitedTooLong() throws Exception {
    var route = serve(waitsForAFile("late"), settings(1, 10, Duration.ofMillis(100)));
    var running = get(route);
    awaitFile("late.running");

    var refused = get(route).await();
    Files.createFile(directory.resolve("late.go"));

    assertEquals(FailureCode.QUEUE_TIMEOUT, refused.failure().code());
    assertEquals("went", running.await().body());
  }

  @Test
  void refusesWhatWaitedTooLongForCodeThatHasBeenReplaced() throws Exception {
    var script = Files.writeString(directory.resolve("stuck.wsgi"), waitsForAFile("stuck"));
    var oneThread = settings(1, 10, Duration.ofMillis(100));
    var old = group("stuck", script, "1");
    mode.apply(List.of(old), oneThread).get();
    var running = get(route(old, script));
    awaitFile("stuck.running");
    var waiting = get(route(old, script));

    Files.writeString(script, answers("new"));
    mode.apply(List.of(group("stuck", script, "2")), oneThread).get();

    assertEquals(FailureCode.QUEUE_TIMEOUT, waiting.await().failure().code());
    Files.createFile(directory.resolve("stuck.go"));
    assertEquals("went", running.await().body());
  }

  @Test
  void endsTheOldInterpreterAfterAReloadUnderLoad() throws Exception {
    var script = Files.writeString(directory.resolve("loaded.wsgi"), answers("old"));
    var old = group("loaded", script, "1");
    mode.apply(List.of(old), FIVE_THREADS).get();
    var route = route(old, script);
    var exchanges = new ArrayList<RecordedExchange>();
    for (var revision = 2; revision < 6; revision++) {
      for (var i = 0; i < 50; i++) {
        exchanges.add(get(route));
      }
      mode.apply(List.of(group("loaded", script, "" + revision)), FIVE_THREADS).get();
    }

    for (var exchange : exchanges) {
      assertEquals("old", exchange.await().body());
    }
    await(() -> mode.status().getFirst().workers().size() <= 1);
  }

  /** By the main interpreter neither, which does not end. */
  @ParameterizedTest
  @ValueSource(strings = {"sub", ""})
  void nothingOfTheOldCodeIsKept(String name) throws Exception {
    var gone = directory.resolve("gone" + name);
    var script =
        Files.writeString(
            directory.resolve("kept-by-nothing.wsgi"),
            """
            import os

            class Application:
                def __call__(self, environ, start_response):
                    start_response("200 OK", [])
                    return [b"old"]

                def __del__(self, close=os.close, open=os.open, flags=os.O_CREAT):
                    close(open(r"%s", flags))

            application = Application()
            """
                .formatted(gone));
    var old = group(name, script, "1");
    mode.apply(List.of(old), FIVE_THREADS).get();
    assertEquals("old", get(route(old, script)).await().body());

    Files.writeString(
        script,
        """
        import gc
        def application(environ, start_response):
            gc.collect()  # of the main interpreter; the other one's end is enough
            start_response("200 OK", [])
            return [b"new"]
        """);
    mode.apply(List.of(group(name, script, "2")), FIVE_THREADS).get();

    await(
        () -> {
          assertEquals("new", get(route(old, script)).await().body());
          return Files.exists(gone);
        });
  }

  @Test
  void reloadsBesideTheOldCodeAndLosesNothing() throws Exception {
    var script = directory.resolve("reloaded.wsgi");
    Files.writeString(script, waitsForAFile("reload"));
    var old = group("reloaded", script, "1");
    mode.apply(List.of(old), FIVE_THREADS).get();
    var route = route(old, script);
    var inOldCode = get(route);
    awaitFile("reload.running");

    Files.writeString(script, answers("new"));
    mode.apply(List.of(group("reloaded", script, "2")), FIVE_THREADS).get();

    assertEquals("new", get(route).await().body());
    Files.createFile(directory.resolve("reload.go"));
    assertEquals("went", inOldCode.await().body());
  }

  @Test
  void keepsTheOldCodeWhenTheNewOneDoesNotLoad() throws Exception {
    var script = directory.resolve("kept.wsgi");
    Files.writeString(script, answers("kept"));
    var group = group("kept", script, "1");
    mode.apply(List.of(group), FIVE_THREADS).get();

    Files.writeString(script, "import no_such_module\n");
    mode.apply(List.of(group("kept", script, "2")), FIVE_THREADS).get();

    assertEquals("kept", get(route(group, script)).await().body());
    var failure = mode.status().getFirst().failure().orElseThrow();
    assertEquals("KW304", failure.code());
    assertTrue(failure.traceback().contains("no_such_module"), failure.traceback());
  }

  @Test
  void keepsTheOldScriptWhenAnotherInItsPlaceDoesNotLoad() throws Exception {
    var script = Files.writeString(directory.resolve("old-place.wsgi"), answers("old"));
    mode.apply(List.of(group("place", script, "1")), FIVE_THREADS).get();

    var other = Files.writeString(directory.resolve("new-place.wsgi"), "import no_such_module\n");
    var edited = group("place", other, "2");
    mode.apply(List.of(edited), FIVE_THREADS).get();

    assertEquals("old", get(route(edited, other)).await().body());
  }

  @Test
  void servesAScriptThatComesBesideAnotherOnlyFromItsOwnCode() throws Exception {
    var first = Files.writeString(directory.resolve("first.wsgi"), answers("first"));
    var second = Files.writeString(directory.resolve("second.wsgi"), answers("second"));
    var one = group("shared", first, "1");
    mode.apply(List.of(one), FIVE_THREADS).get();
    var both = beside(one, second);

    var loaded = mode.apply(List.of(both), FIVE_THREADS);

    assertEquals("second", get(route(both, second)).await().body());
    loaded.get();
    assertEquals("first", get(route(both, first)).await().body());
  }

  @Test
  void answersNothingFromAnotherScriptWhereTheOneBesideItDoesNotLoad() throws Exception {
    var first = Files.writeString(directory.resolve("sound.wsgi"), answers("first"));
    var second = Files.writeString(directory.resolve("broken.wsgi"), "import no_such_module\n");
    var one = group("unsound", first, "1");
    mode.apply(List.of(one), FIVE_THREADS).get();
    var both = beside(one, second);
    mode.apply(List.of(both), FIVE_THREADS).get();

    var failure = get(route(both, second)).await().failure();
    assertEquals(FailureCode.APPLICATION_NOT_LOADED, failure.code());
    assertEquals("first", get(route(both, first)).await().body());
  }

  @Test
  void saysWhyTheFirstRevisionDidNotLoadThoughTheNextIsOnItsWay() throws Exception {
    var script = Files.writeString(directory.resolve("hasty.wsgi"), importWaitsForAFile("hasty"));
    var group = group("hasty", script, "1");
    var first = mode.apply(List.of(group), FIVE_THREADS);
    awaitFile("hasty.running");
    var mended =
        Files.writeString(directory.resolve("mended-hasty.wsgi"), importWaitsForAFile("mended"));
    var second = mode.apply(List.of(group("hasty", mended, "2")), FIVE_THREADS);
    awaitFile("mended.running");

    Files.createFile(directory.resolve("hasty.go"));
    first.get();
    var failure = get(route(group, script)).await().failure();
    Files.createFile(directory.resolve("mended.go"));
    second.get();

    assertEquals(FailureCode.APPLICATION_NOT_LOADED, failure.code());
    assertTrue(failure.detail().contains("KW304"), failure.detail());
  }

  @Test
  void answersForAScriptThatDoesNotLoadAndRecoversWhenItIsMended() throws Exception {
    var script = directory.resolve("mended.wsgi");
    Files.writeString(script, "def application(:\n");
    var group = group("mended", script, "1");
    mode.apply(List.of(group), FIVE_THREADS).get();

    var failure = get(route(group, script)).await().failure();
    assertEquals(FailureCode.APPLICATION_NOT_LOADED, failure.code());
    assertTrue(failure.detail().contains("KW303"), failure.detail());

    Files.writeString(script, answers("mended"));
    mode.apply(List.of(group("mended", script, "2")), FIVE_THREADS).get();
    assertEquals("mended", get(route(group, script)).await().body());
  }

  @Test
  void saysWhereAnImportHangs() throws Exception {
    var script = directory.resolve("hangs.wsgi");
    Files.writeString(script, "import time\nwhile True: time.sleep(0.05)  # hangs here\n");
    var group = group("hangs", script, "1");
    // Time enough for the interpreter to be there, on a machine that is busy: then it hangs.
    var quick =
        new EmbeddedSettings(2, FIVE_THREADS.queue(), Duration.ofSeconds(3), Optional.empty());

    mode.apply(List.of(group), quick).get();

    var failure = mode.status().getFirst().failure().orElseThrow();
    assertEquals("KW307", failure.code());
    assertTrue(failure.traceback().contains("hangs here"), failure.traceback());
    assertEquals(
        FailureCode.APPLICATION_NOT_LOADED, get(route(group, script)).await().failure().code());
  }

  @Test
  void keepsInterpretersAndTheirEnvironmentsApart() throws Exception {
    var counts =
        """
        import os, sys
        os.environ["FROM"] = os.environ.get("FROM", "") + "x"
        sys.marker = getattr(sys, "marker", 0) + 1
        import subprocess
        def application(environ, start_response):
            child = subprocess.run(["/bin/sh", "-c", "echo $FROM"], stdout=subprocess.PIPE)
            start_response("200 OK", [])
            return [(os.environ["FROM"] + str(sys.marker) + child.stdout.decode()).encode()]
        """;
    var first = serve(counts, Map.of("FROM", "a"));
    var second = serve(counts, Map.of("FROM", "b"));

    assertEquals("ax1ax\n", get(first).await().body());
    assertEquals("bx1bx\n", get(second).await().body());
    assertNull(System.getenv("FROM"));
  }

  @Test
  void loadsTheGlobalApplicationGroupIntoTheMainInterpreter() throws Exception {
    var script = directory.resolve("global.wsgi");
    Files.writeString(
        script,
        """
        import threading
        def application(environ, start_response):
            start_response("200 OK", [])
            return [repr(environ["mod_wsgi.application_group"]).encode()]
        """);
    var group =
        new ApplicationGroup(
            "embedded|",
            new ProcessGroup.Embedded(),
            "",
            "1",
            List.of(new ApplicationGroup.Script(script.toString(), "application")),
            new PythonSettings(Optional.empty(), List.of()),
            Map.of(),
            Map.of(),
            List.of());
    mode.apply(List.of(group), FIVE_THREADS).get();

    assertEquals("''", get(route(group, script)).await().body());
  }

  @Test
  void refusesToLetAnApplicationEndTheGateway() throws Exception {
    var route =
        serve(
            """
            import os
            def application(environ, start_response):
                os._exit(3)
            """);

    assertEquals(500, get(route).await().status());
    assertTrue(LOG.stream().anyMatch(line -> line.contains("KW528")), LOG.toString());
  }

  /** It is answered by its application, as one that failed while that read it. */
  @Test
  void aRequestWhoseBodyFailedWhileItWaitedIsAnswered() throws Exception {
    var route =
        serve(
            waitsForAFile("busy").replace("[b\"went\"]", "[environ['wsgi.input'].read() or b'-']"),
            settings(1, 10, Duration.ofSeconds(45)));
    var busy = get(route);
    awaitFile("busy.running");
    var waiting =
        new RecordedExchange(LOOP, route, "POST", List.of(), 5, false) {
          @Override
          public void readBody(dev.kubewsgi.gateway.exchange.BodyReader reader) {
            reader.failed(Failure.of(FailureCode.REQUEST_TIMEOUT, "the body stopped coming"));
          }
        };
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(waiting));
    LOOP.submit(() -> {}).get();
    Files.createFile(directory.resolve("busy.go"));

    assertEquals("-", busy.await().body());
    waiting.await();
  }

  @Test
  void whatWaitsForAThreadThatIsLostIsAnsweredWhenItsAliasGoes() throws Exception {
    var limited =
        new EmbeddedSettings(
            1,
            new QueueSettings(10, Duration.ofSeconds(2)),
            Duration.ofSeconds(15),
            Optional.of(Duration.ofMillis(100)));
    var route =
        serve(
            """
            import time
            def application(environ, start_response):
                time.sleep(8)
            """,
            limited);
    var application = mode.application(route.applicationGroup());
    var stuck = get(route);
    LOOP.submit(() -> {}).get();
    mode.retire(List.of());
    var late = new RecordedExchange(LOOP, route, "GET", List.of());
    LOOP.execute(() -> application.handle(late));

    assertEquals(FailureCode.APPLICATION_TOO_SLOW, stuck.await().failure().code());
    assertEquals(503, late.await().failure().code().status());
  }

  @Test
  void tellsTheApplicationThatTheClientLeft() throws Exception {
    var route =
        serve(
            """
            def application(environ, start_response):
                print("reads now")
                try:
                    environ["wsgi.input"].read()
                except OSError as failure:
                    print("read failed:", failure)
                    raise
            """);
    var exchange =
        new RecordedExchange(LOOP, route, "POST", List.of(), 10, false) {
          @Override
          public void readBody(dev.kubewsgi.gateway.exchange.BodyReader reader) {}
        };
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(exchange));
    await(() -> LOG.contains("[r-1] reads now"));
    exchange.clientLeaves();

    assertNotNull(exchange.await().failure());
    assertTrue(LOG.contains("[r-1] read failed: the client left"), LOG.toString());
  }

  @Test
  void showsWhatEachThreadRuns() throws Exception {
    var route = serve(waitsForAFile("shown"), settings(2, 10, Duration.ofSeconds(45)));
    var running = get(route);
    awaitFile("shown.running");

    var worker = mode.status().getFirst().workers().getFirst();

    assertEquals(State.READY, worker.state());
    assertEquals(
        List.of("/caf%C3%A9"),
        worker.threads().stream()
            .flatMap(thread -> thread.running().stream())
            .map(request -> request.target())
            .toList());
    Files.createFile(directory.resolve("shown.go"));
    running.await();
  }

  @Test
  void drainsWhenItIsStopped() throws Exception {
    var route = serve(waitsForAFile("drained"));
    var running = get(route);
    awaitFile("drained.running");

    var stopped = mode.stop();
    Files.createFile(directory.resolve("drained.go"));

    assertEquals("went", running.await().body());
    stopped.get(20, TimeUnit.SECONDS);
  }

  // What the tests are told with

  private Route serve(String source) throws Exception {
    return serve(source, FIVE_THREADS);
  }

  private Route serve(String source, EmbeddedSettings settings) throws Exception {
    var script = Files.writeString(Files.createTempFile(directory, "app", ".wsgi"), source);
    var group = group(script.getFileName().toString(), script, "1");
    mode.apply(List.of(group), settings).get();
    return route(group, script);
  }

  @Test
  void filesOfASourceAreThereForTheirInterpreterAlone() throws Exception {
    mode.apply(List.of(withFiles("1", "first")), FIVE_THREADS).get();
    var route =
        new Route("*", "/app", "default/app", "default.app/app.py", "application", "embedded|app");
    var first = get(route).await();
    assertNull(first.failure(), () -> String.valueOf(first.failure()));
    var places = first.body().split(" ");
    assertEquals("first", places[0]);
    assertEquals(places[1], places[2]);
    assertTrue(Files.exists(Path.of(places[1])));

    mode.apply(List.of(withFiles("2", "second")), FIVE_THREADS).get();
    var second = get(route).await().body().split(" ");
    assertEquals("second", second[0]);
    assertTrue(Files.exists(Path.of(second[1])));
    // It goes with its interpreter, which drains.
    await(() -> !Files.exists(Path.of(places[1])));
    mode.stop().get();
    try (var left = Files.list(sources)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void fileThatWouldBeWrittenElsewhereIsRefused() throws Exception {
    var group = withFiles("1", "x");
    var escaping =
        new ApplicationGroup(
            group.id(),
            group.processGroup(),
            group.name(),
            "2",
            group.scripts(),
            group.python(),
            Map.of(),
            Map.of("../escaped.py", ""),
            List.of());
    mode.apply(List.of(escaping), FIVE_THREADS).get();
    var failure = mode.status().getFirst().failure().orElseThrow();
    assertEquals("KW315", failure.code());
    assertTrue(Files.notExists(sources.resolve("escaped.py")));
  }

  /** Answers its text, where it is loaded from, and SCRIPT_FILENAME. */
  private static ApplicationGroup withFiles(String revision, String text) {
    return new ApplicationGroup(
        "embedded|app",
        new ProcessGroup.Embedded(),
        "*|/app",
        revision,
        List.of(new ApplicationGroup.Script("default.app/app.py", "application")),
        new PythonSettings(Optional.empty(), List.of("default.app")),
        Map.of(),
        Map.of(
            "default.app/text.py",
            "TEXT = '%s'\n".formatted(text),
            "default.app/app.py",
            """
            import text
            def application(environ, start_response):
                start_response("200 OK", [])
                return [" ".join((text.TEXT, __file__, environ["SCRIPT_FILENAME"])).encode()]
            """),
        List.of());
  }

  private Route serve(String source, Map<String, String> env) throws Exception {
    var script = Files.writeString(Files.createTempFile(directory, "app", ".wsgi"), source);
    var name = script.getFileName().toString();
    var group =
        new ApplicationGroup(
            "embedded|" + name,
            new ProcessGroup.Embedded(),
            name,
            "1",
            List.of(new ApplicationGroup.Script(script.toString(), "application")),
            new PythonSettings(Optional.empty(), List.of()),
            env,
            Map.of(),
            List.of());
    mode.apply(List.of(group), FIVE_THREADS).get();
    return route(group, script);
  }

  private RecordedExchange get(Route route) {
    var exchange = new RecordedExchange(LOOP, route, "GET", List.of());
    LOOP.execute(() -> mode.application(route.applicationGroup()).handle(exchange));
    return exchange;
  }

  private static ApplicationGroup group(String name, Path script, String revision) {
    return new ApplicationGroup(
        "embedded|" + name,
        new ProcessGroup.Embedded(),
        name,
        revision,
        List.of(new ApplicationGroup.Script(script.toString(), "application")),
        new PythonSettings(Optional.empty(), List.of()),
        Map.of(),
        Map.of(),
        List.of());
  }

  /** The group with another script beside what it has. */
  private static ApplicationGroup beside(ApplicationGroup group, Path other) {
    var script = new ApplicationGroup.Script(other.toString(), "application");
    return new ApplicationGroup(
        group.id(),
        group.processGroup(),
        group.name(),
        "2",
        List.of(group.scripts().getFirst(), script),
        group.python(),
        group.env(),
        Map.of(),
        List.of());
  }

  private static Route route(ApplicationGroup group, Path script) {
    return new Route("*", "/app", "default/app", script.toString(), "application", group.id());
  }

  private static EmbeddedSettings settings(int threads, int maxLength, Duration timeout) {
    return new EmbeddedSettings(
        threads, new QueueSettings(maxLength, timeout), Duration.ofSeconds(15), Optional.empty());
  }

  private static String answers(String text) {
    return """
    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"%s"]
    """
        .formatted(text);
  }

  /** Creates NAME.running and waits for NAME.go. */
  private static String waitsForAFile(String name) {
    return """
    import os, time
    def application(environ, start_response):
        open(r"%1$s.running", "w").close()
        while not os.path.exists(r"%1$s.go"):
            time.sleep(0.005)
        start_response("200 OK", [])
        return [b"went"]
    """
        .formatted(directory.resolve(name));
  }

  /** The same at its import, which then fails. */
  private static String importWaitsForAFile(String name) {
    return """
    import os, time
    open(r"%1$s.running", "w").close()
    while not os.path.exists(r"%1$s.go"):
        time.sleep(0.005)
    import no_such_module
    """
        .formatted(directory.resolve(name));
  }

  private static void awaitFile(String name) throws Exception {
    await(() -> Files.exists(directory.resolve(name)));
  }

  /** For as long as the class's timeout lets it. */
  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
