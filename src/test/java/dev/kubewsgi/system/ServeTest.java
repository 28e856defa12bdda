package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The life of {@code kube-wsgi serve}: from start to end, with requests in flight and workers lost.
 */
@ExtendWith(OutputOnFailure.class)
class ServeTest {

  @TempDir Path directory;

  @Test
  void theAdminPortAnswersHealthReadinessAndMetrics() {
    Scripts.in(directory, Scripts.embedded("/", "pid.py"), "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      for (String page : List.of("/healthz", "/readyz", "/metrics")) {
        assertEquals(200, served.get(served.adminUrl(page)).statusCode(), page);
      }
    }
  }

  @Test
  void aGatewayWhoseManifestWantsAnAccessLogWritesALineForEachRequest() {
    String gateway = Scripts.gateway("embedded: {enabled: true}\naccessLog: Combined");
    Scripts.in(directory, gateway + Scripts.embedded("/", "pid.py"), "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      served.get("/logged");
      served.command().awaitLine("in Apache's combined format", ServeTest::isLineOfLogged);
      served.edit(Scripts.MANIFEST, "accessLog: Combined", "accessLog: None");
      Eventually.isTrue(
          "nothing more is written",
          () -> {
            String path = "/" + UUID.randomUUID();
            served.get(path);
            served.get("/");
            return served.command().output().stream().noneMatch(line -> line.contains(path));
          });
    }
  }

  /** Both silence the log of a program that takes them for its own. */
  @ParameterizedTest
  @CsvSource({
    ".env, QUARKUS_LOG_LEVEL=OFF",
    "config/application.properties, quarkus.log.level=OFF"
  })
  void theSettingsOfAnApplicationInTheCurrentDirectoryAreNotTheGateways(String file, String text)
      throws IOException {
    Scripts.in(directory, Scripts.embedded("/", "pid.py"), "pid.py");
    Files.createDirectories(directory.resolve(file).getParent());
    Files.writeString(directory.resolve(file), text);
    List<String> command = new ArrayList<>(List.of("env", "--chdir=" + directory));
    command.add(Checkout.ROOT.resolve("bin/kube-wsgi").toString());
    command.addAll(ServedDirectory.arguments(Path.of("."), FreePort.find(), FreePort.find()));
    try (CommandLine serve = CommandLine.startProgram(command, Map.of())) {
      serve.awaitLine("a line of the log", line -> line.contains("embedded mode runs Python"));
      serve.awaitLine("a URL of what is there", line -> line.contains("default/root"));
    }
  }

  private static boolean isLineOfLogged(String line) {
    return line.matches(
        "127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /logged HTTP/1\\.1\" 200 \\d+ \"-\" \"[^\"]+\""
            + " [0-9a-f]{32} \\d+ \\S+ -");
  }

  /** It is also the name of a directory. */
  @ParameterizedTest
  @ValueSource(strings = {"embedded", "daemon"})
  void anAliasOfTheLongestNameIsServedFromItsManifest(String mode) {
    String path = "/" + "a".repeat(253);
    String alias =
        mode.equals("embedded")
            ? Scripts.embedded(path, "app.py")
            : Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", path, "app.py");
    String source =
        """
          source:
            inline:
              app.py: |
                def application(environ, start_response):
                    start_response("200 OK", [])
                    return [b"served"]
        """;
    Scripts.in(directory, alias + source);
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals("served", served.get(path).body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "daemon"})
  void aRequestInFlightIsAnsweredBeforeSigtermEndsItWithZero(String mode) {
    String alias =
        mode.equals("embedded")
            ? Scripts.embedded("/gate", "gate.py")
            : Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", "/gate", "gate.py");
    Scripts.in(directory, alias, "gate.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      CompletableFuture<HttpResponse<String>> slow =
          CompletableFuture.supplyAsync(() -> served.get("/gate"));
      awaitFile("waiting");
      served.command().terminate();
      Eventually.isTrue("new connections are refused", () -> !accepts(served.port()));
      assertFalse(slow.isDone(), "the request was answered before it was let through");
      served.write("open", "");
      assertEquals("through the gate\n", slow.join().body());
      assertEquals(0, served.command().awaitExit());
    }
  }

  @Test
  void anApplicationThatAFunctionMakesIsMadeOnceInBothModes() {
    String callable = "  callable: create_app()\n";
    Scripts.in(
        directory,
        Scripts.group("site1", 1, 2)
            + Scripts.inGroup("site1", "/grouped", "factory.py")
            + callable
            + Scripts.embedded("/embedded", "factory.py")
            + callable,
        "factory.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      for (String path : List.of("/grouped", "/grouped", "/embedded", "/embedded")) {
        assertEquals("application 1 of create_app()", served.get(path).body());
      }
    }
  }

  @Test
  void ctrlCDrainsThoughItReachesTheWorkersToo() {
    Scripts.in(
        directory,
        Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", "/gate", "gate.py"),
        "gate.py");
    try (ServedDirectory served = ServedDirectory.inForeground(directory)) {
      CompletableFuture<HttpResponse<String>> slow =
          CompletableFuture.supplyAsync(() -> served.get("/gate"));
      awaitFile("waiting");
      served.command().interruptGroup();
      Eventually.isTrue("new connections are refused", () -> !accepts(served.port()));
      served.write("open", "");
      assertEquals("through the gate\n", slow.join().body());
      assertEquals(0, served.command().awaitExit());
      assertFalse(served.command().outputText().contains("started again"), "a worker was replaced");
    }
  }

  @Test
  void nothingOfItIsLeftAfterTheEnd() {
    Scripts.in(
        directory,
        Scripts.group("site1", 2, 2) + Scripts.inGroup("site1", "/", "pid.py"),
        "pid.py");
    ServedDirectory served = ServedDirectory.of(directory);
    List<ProcessHandle> processes = served.command().descendants().toList();
    assertFalse(processes.isEmpty(), "the group has no processes");
    served.command().terminate();
    assertEquals(0, served.command().awaitExit());
    assertEquals(List.of(), processes.stream().filter(ProcessHandle::isAlive).toList());
    served.close();
  }

  @Test
  void killingTheProcessesOfAGroupByTitleRestartsThatGroupAlone() {
    Scripts.in(
        directory,
        Scripts.group("site1", 2, 2)
            + Scripts.inGroup("site1", "/one", "pid.py")
            + Scripts.group("site2", 1, 2)
            + Scripts.inGroup("site2", "/two", "pid.py")
            + Scripts.embedded("/embedded", "pid.py"),
        "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      String other = served.get("/two").body();
      String gateway = served.get("/embedded").body();
      Set<Long> before = pids(served.processesOf("site1"));
      assertTrue(before.size() >= 2, "processes of site1: " + before);

      served.processesOf("site1").forEach(ProcessHandle::destroyForcibly);
      Eventually.isTrue(
          "site1 answers again",
          () -> {
            HttpResponse<String> answer = served.get("/one");
            return answer.statusCode() == 200 && !before.contains(Long.valueOf(answer.body()));
          });
      assertEquals(other, served.get("/two").body());
      assertEquals(gateway, served.get("/embedded").body());
      assertEquals("" + served.command().pid(), gateway);
    }
  }

  @Test
  void onlyTheRequestThatAKilledWorkerHeldFailsAndItsAnswerNamesTheSignal() {
    Scripts.in(
        directory,
        Scripts.group("site1", 1, 2)
            + Scripts.inGroup("site1", "/gate", "gate.py")
            + Scripts.group("site2", 1, 2)
            + Scripts.inGroup("site2", "/pid", "pid.py"),
        "gate.py",
        "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory);
        Load load = new Load(served, "/pid", 4)) {
      CompletableFuture<HttpResponse<String>> held =
          CompletableFuture.supplyAsync(() -> served.get("/gate"));
      awaitFile("waiting");
      load.awaitAnswers(10);
      served.processesOf("site1").forEach(ProcessHandle::destroyForcibly);
      assertEquals(502, held.join().statusCode());
      served.command().awaitLine("the signal", line -> line.contains("SIGKILL"));
      served.write("open", "");
      Eventually.isTrue("site1 answers again", () -> served.get("/gate").statusCode() == 200);
      load.assertNothingLost();
    }
  }

  @Test
  void runServesOneScriptWithoutAManifest() {
    Scripts.in(directory, "", "version.py");
    int port = FreePort.find();
    try (CommandLine command =
        CommandLine.start(
            List.of("run", directory.resolve("version.py").toString(), "--port", "" + port))) {
      command.awaitLine("the URL", line -> line.contains(":" + port));
      assertEquals("version one", body(URI.create("http://127.0.0.1:" + port + "/")));
      command.terminate();
      assertEquals(0, command.awaitExit());
    }
  }

  @Test
  void eachRequestOfAGroupOfProcessesReachesAFreeOne() {
    Scripts.in(
        directory,
        Scripts.group("site1", 3, 1)
            + Scripts.inGroup("site1", "/gate", "gate.py")
            + Scripts.inGroup("site1", "/pid", "pid.py"),
        "gate.py",
        "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      List<CompletableFuture<HttpResponse<String>>> held =
          List.of("a", "b", "c").stream()
              .map(ask -> CompletableFuture.supplyAsync(() -> served.get("/gate?" + ask)))
              .toList();
      Eventually.isTrue(
          "three requests run in three processes of one thread",
          () -> served.file("waiting").toFile().length() == 3);
      served.write("open", "");
      held.forEach(request -> assertEquals(200, request.join().statusCode()));
      assertNotEquals("", served.get("/pid").body());
    }
  }

  private static String body(URI url) {
    try (InputStream body = url.toURL().openStream()) {
      return new String(body.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitFile(String name) {
    Eventually.isTrue("the file " + name, () -> Files.exists(directory.resolve(name)));
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<Long> pids(List<ProcessHandle> processes) {
    return processes.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
  }
}
