package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.cluster.Wire;
import dev.kubewsgi.gateway.dispatch.DispatchQueue;
import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A supervisor that the gateway did not start and reaches by TCP, as in a cluster. */
class ReplicaTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @Test
  void slotsOverTcpWorkAsThoseOverUnixSockets() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      ApplicationGroup hello =
          test.script(
              "hello",
              """
              def application(environ, start_response):
                  start_response("200 OK", [])
                  return [environ["wsgi.input"].read()]
              """);
      SupervisorAddress address = new SupervisorAddress.Tcp("127.0.0.1", FreePort.find());
      String json = SupervisorConfig.of(test.settings, List.of(hello), address, SECRET).json();
      SupervisorProcess process =
          SupervisorProcess.start(
              TestGroup.PYTHON, TestGroup.WORKER, test.scripts.resolve("config.json"), json);
      try {
        DispatchQueue<WorkerConnection> queue =
            new DispatchQueue<>("g", 10, Duration.ofSeconds(20), System::nanoTime, () -> {});
        Lane<WorkerConnection> lane = queue.lane();
        Replica replica = connect(test, address, SECRET, lane);
        TestGroup.until("two slots", () -> queue.statistics().slots() == 2);
        DaemonApplication application = application(lane);
        for (int i = 0; i < 4; i++) {
          RecordedExchange exchange =
              new RecordedExchange(
                  test.loop(i), test.route(hello), "POST", "/", false, new byte[i * 50_000]);
          assertEquals(i * 50_000, exchange.send(application).await().text().length());
        }
        test.loop(0).submit(replica::retire).get();
        assertEquals(0, queue.statistics().slots());
      } finally {
        process.drain();
        process.ended().get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aWorkerIsUsedAgainWhenOnlyItsSupervisorWasNotHeardOf() throws Exception {
    try (TestGroup test = new TestGroup(1, 2)) {
      Path gate = test.scripts.resolve("gate");
      ApplicationGroup hello =
          test.script(
              "hello",
              """
              import os, time
              def application(environ, start_response):
                  while environ["PATH_INFO"] == "/slow" and not os.path.exists("%s"):
                      time.sleep(0.01)
                  start_response("200 OK", [])
                  return [b"done"]
              """
                  .formatted(gate));
      int port = FreePort.find();
      SupervisorAddress listening = new SupervisorAddress.Tcp("127.0.0.1", port);
      String json = SupervisorConfig.of(test.settings, List.of(hello), listening, SECRET).json();
      SupervisorProcess process =
          SupervisorProcess.start(
              TestGroup.PYTHON, TestGroup.WORKER, test.scripts.resolve("config.json"), json);
      try (Wire wire = new Wire(port)) {
        DispatchQueue<WorkerConnection> queue =
            new DispatchQueue<>("g", 10, Duration.ofSeconds(20), System::nanoTime, () -> {});
        Lane<WorkerConnection> lane = queue.lane();
        TestGroup.until("the supervisor listens", () -> isListening(port));
        Replica replica =
            connect(test, new SupervisorAddress.Tcp("127.0.0.1", wire.port()), SECRET, lane);
        TestGroup.until("two slots", () -> queue.statistics().slots() == 2);
        DaemonApplication application = application(lane);
        RecordedExchange slow = exchange(test, hello, "/slow").send(application);
        TestGroup.until("the slow request runs", () -> queue.statistics().busy() == 1);
        wire.cutFirst();
        TestGroup.until("the supervisor is not heard", () -> queue.statistics().slots() < 2);
        TestGroup.until("two slots again", () -> queue.statistics().slots() >= 2);
        assertEquals("done", exchange(test, hello, "/").send(application).await().text());
        Files.createFile(gate);
        assertEquals("done", slow.await().text());
        test.loop(0).submit(replica::retire).get();
      } finally {
        process.drain();
        process.ended().get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static boolean isListening(int port) {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static RecordedExchange exchange(TestGroup test, ApplicationGroup group, String path) {
    return new RecordedExchange(test.loop(0), test.route(group), "GET", path, false, new byte[0]);
  }

  @Test
  void supervisorsAnswerNobodyWithoutTheSecret() throws Exception {
    try (TestGroup test = new TestGroup(1, 1)) {
      SupervisorAddress address = new SupervisorAddress.Tcp("127.0.0.1", FreePort.find());
      String json = SupervisorConfig.of(test.settings, List.of(), address, SECRET).json();
      SupervisorProcess process =
          SupervisorProcess.start(
              TestGroup.PYTHON, TestGroup.WORKER, test.scripts.resolve("config.json"), json);
      try {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        TestGroup.until(
            "an answer",
            () -> {
              ask(test, address, status);
              return status.isDone();
            });
        assertEquals(401, status.get());
      } finally {
        process.drain();
        process.ended().get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void socketsWithTooLongPathsAreRefusedWithTheCure() {
    Path path = Path.of("/tmp/" + "x".repeat(110));
    String message = "";
    try {
      new SupervisorAddress.Unix(path);
    } catch (IllegalArgumentException e) {
      message = e.getMessage();
    }
    assertTrue(message.contains("115 bytes") && message.contains("shorter"), message);
  }

  private static void ask(
      TestGroup test, SupervisorAddress address, CompletableFuture<Integer> status) {
    ControlRequest request =
        ControlRequest.events(
            "another secret",
            new ControlRequest.Listener() {
              @Override
              public void line(int answered, String line) {
                status.complete(answered);
              }

              @Override
              public void closed() {}
            });
    Transport.connect(address, test.loop(0), request).awaitUninterruptibly();
  }

  private static DaemonApplication application(Lane<WorkerConnection> lane) {
    return new DaemonApplication(
        lane,
        new AtomicInteger(),
        new AtomicBoolean(),
        () -> AnswerWatch.Limits.NONE,
        () -> FlowGate.LITTLE,
        new AtomicReference<>());
  }

  private static Replica connect(
      TestGroup test, SupervisorAddress address, String secret, Lane<WorkerConnection> lane) {
    Replica[] replica = new Replica[1];
    replica[0] =
        new Replica(
            "default/site1",
            address,
            () -> secret,
            test.loopList(),
            test.loop(0),
            id -> lane,
            new WorkerEnds(),
            new Replica.Listener() {
              @Override
              public void changed() {}

              @Override
              public void unreachable() {
                test.loop(0).schedule(replica[0]::connect, 10, TimeUnit.MILLISECONDS);
              }

              @Override
              public void unheard() {}

              @Override
              public void denied(String refused) {}
            });
    replica[0].threads(2);
    test.loop(0).execute(replica[0]::connect);
    return replica[0];
  }
}
