package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.dispatch.QueueStatistics;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GroupDocument;
import dev.kubewsgi.routes.GroupDocuments;
import dev.kubewsgi.testing.FreePort;
import io.netty.channel.EventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon group whose supervisors others start, as in a cluster. */
class PodsTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String NEW_SECRET = "fedcba9876543210fedcba9876543210";

  private static final String HELLO =
      """
      def application(environ, start_response):
          start_response("200 OK", [])
          return [b"hello"]
      """;

  private final List<DaemonGroup> gateways = new ArrayList<>();
  private final List<TestPod> pods = new ArrayList<>();
  @TempDir Path files;
  private TestGroup test;

  @BeforeEach
  void start() throws Exception {
    test = new TestGroup(1, 1);
  }

  @AfterEach
  void stop() throws Exception {
    for (DaemonGroup gateway : gateways) {
      gateway.stop().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    for (TestPod pod : pods) {
      pod.close();
    }
    test.close();
  }

  @Test
  void twoGatewaysOnOneWorkerLoseNoRequest() throws Exception {
    Path gate = files.resolve("gate");
    ApplicationGroup waits =
        test.script(
            "waits",
            """
            import os, time

            def application(environ, start_response):
                while not os.path.exists("%s"):
                    time.sleep(0.001)
                start_response("200 OK", [])
                return [b"through"]
            """
                .formatted(gate));
    Set<SupervisorAddress> addresses = Set.of(supervisor(1, waits));
    DaemonGroup one = gateway(new Pods(addresses, List.of(SECRET), Optional.empty()), waits);
    DaemonGroup two = gateway(new Pods(addresses, List.of(SECRET), Optional.empty()), waits);
    TestGroup.until("both have a slot", () -> slots(one) == 1 && slots(two) == 1);

    List<RecordedExchange> exchanges = new ArrayList<>();
    exchanges.add(send(one, waits));
    TestGroup.until("the worker is busy", () -> one.status().busySlots() == 1);
    for (int i = 0; i < 5; i++) {
      exchanges.add(send(two, waits));
    }
    TestGroup.until("it has refused one", () -> two.statistics().putBack() == 1);
    Files.createFile(gate);

    for (RecordedExchange exchange : exchanges) {
      assertEquals("through", exchange.await().text());
    }
  }

  /** Each says its path, which is its place in the order, and runs until its number may end. */
  @Test
  void theRequestsOfTwoGatewaysRunInTheOrderInWhichTheyCame() throws Exception {
    Path came = files.resolve("came");
    ApplicationGroup waits =
        test.script(
            "waits",
            """
            import os, time

            def application(environ, start_response):
                with open("%s", "a+") as came:
                    came.write(environ["PATH_INFO"] + "\\n")
                    came.seek(0)
                    number = len(came.readlines())
                open("%s-%%d-runs" %% number, "w").close()
                while not os.path.exists("%s-%%d" %% number):
                    time.sleep(0.001)
                start_response("200 OK", [])
                return [b"through"]
            """
                .formatted(came, came, came));
    Set<SupervisorAddress> addresses = Set.of(supervisor(1, waits));
    DaemonGroup one = gateway(new Pods(addresses, List.of(SECRET), Optional.empty()), waits);
    DaemonGroup two = gateway(new Pods(addresses, List.of(SECRET), Optional.empty()), waits);
    TestGroup.until("both have a slot", () -> slots(one) == 1 && slots(two) == 1);
    List<DaemonGroup> turns = List.of(one, two, one, two, one, two);

    List<RecordedExchange> exchanges = new ArrayList<>();
    for (DaemonGroup gateway : turns) {
      exchanges.add(send(gateway, waits, "/" + (exchanges.size() + 1)));
      if (exchanges.size() == 1) {
        TestGroup.until("the worker is busy", () -> Files.exists(came));
      }
    }
    for (int i = 1; i <= turns.size(); i++) {
      int number = i;
      TestGroup.until("it runs", () -> Files.exists(files.resolve("came-" + number + "-runs")));
      if (i < turns.size()) {
        DaemonGroup next = turns.get(i);
        TestGroup.until("the next is to ask", () -> waits(next));
        hasRun(test.loopList());
      }
      Files.createFile(files.resolve("came-" + i));
    }

    for (RecordedExchange exchange : exchanges) {
      assertEquals("through", exchange.await().text());
    }
    assertEquals(List.of("/1", "/2", "/3", "/4", "/5", "/6"), Files.readAllLines(came));
  }

  /** With its only slot it asks. */
  private static boolean waits(DaemonGroup gateway) {
    QueueStatistics now = gateway.statistics();
    return now.busy() == 0 && now.waiting() > 0;
  }

  /** What the loops had begun has been done. */
  private static void hasRun(List<EventLoop> loops) throws InterruptedException {
    for (EventLoop loop : loops) {
      loop.submit(() -> {}).sync();
    }
  }

  @Test
  void theSecretBeforeIsShownWhereTheNewOneIsNotKnownYet() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    Pods known =
        new Pods(Set.of(supervisor(1, hello)), List.of(NEW_SECRET, SECRET), Optional.empty());

    assertEquals("hello", send(gateway(known, hello), hello).await().text());
  }

  @Test
  void theSecretMayComeAfterTheAddress() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    Set<SupervisorAddress> addresses = Set.of(supervisor(1, hello));
    DaemonGroup group = gateway(new Pods(addresses, List.of(), Optional.empty()), hello);
    RecordedExchange waiting = send(group, hello);

    group.pods(new Pods(addresses, List.of(SECRET), Optional.empty()));

    assertEquals("hello", waiting.await().text());
  }

  @Test
  void aPodWithAnOlderDocumentIsHandedTheNewOne() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    Pods.Document document = new Pods.Document(2, document(2, hello));
    Pods known = new Pods(Set.of(supervisor(1)), List.of(SECRET), Optional.of(document));

    assertEquals("hello", send(gateway(known, hello), hello).await().text());
  }

  @Test
  void aPodThatKnowsBetterKeepsItsDocument() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    Pods.Document stale = new Pods.Document(2, document(2));
    Pods known = new Pods(Set.of(supervisor(3, hello)), List.of(SECRET), Optional.of(stale));

    assertEquals("hello", send(gateway(known, hello), hello).await().text());
  }

  @Test
  void requestsOfAPodThatIsGoneAreFinishedThere() throws Exception {
    Path gate = files.resolve("gate");
    ApplicationGroup waits =
        test.script(
            "waits",
            """
            import os, time

            def application(environ, start_response):
                while not os.path.exists("%s"):
                    time.sleep(0.001)
                start_response("200 OK", [])
                return [b"through"]
            """
                .formatted(gate));
    Pods known = new Pods(Set.of(supervisor(1, waits)), List.of(SECRET), Optional.empty());
    DaemonGroup group = gateway(known, waits);
    RecordedExchange running = send(group, waits);
    TestGroup.until("it runs", () -> group.status().busySlots() == 1);

    group.pods(new Pods(Set.of(), List.of(SECRET), Optional.empty()));
    TestGroup.until("the pod is gone", () -> group.status().supervisors().isEmpty());
    Files.createFile(gate);

    assertEquals("through", running.await().text());
    TestGroup.until("its slot has closed", () -> slots(group) == 0);
  }

  @Test
  void anApplicationServesInItsOldPlaceUntilTheGatewayHasLeftIt() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    ApplicationGroup other = test.script("other", HELLO);
    Set<SupervisorAddress> pod = Set.of(supervisor(1, hello));
    DaemonGroup group = gateway(new Pods(pod, List.of(SECRET), Optional.empty()), hello, other);
    TestGroup.until("a slot", () -> slots(group) == 1);

    group.pods(new Pods(pod, List.of(SECRET), Optional.of(brought(2, other))));
    assertEquals("hello", send(group, other).await().text());
    assertEquals("hello", send(group, hello).await().text());

    group.apply(test.settings, List.of(other));
    TestGroup.until("its slot is given up", () -> slots(group) == 1);
    assertEquals("hello", send(group, other).await().text());
  }

  @Test
  void anApplicationThatComesBackIsServedAgain() throws Exception {
    ApplicationGroup hello = test.script("hello", HELLO);
    ApplicationGroup other = test.script("other", HELLO);
    Pods pods = new Pods(Set.of(supervisor(1, hello, other)), List.of(SECRET), Optional.empty());
    DaemonGroup group = gateway(pods, hello, other);
    TestGroup.until("a slot of each", () -> slots(group) == 2);

    group.apply(test.settings, List.of(other));
    TestGroup.until("one is given up", () -> slots(group) == 1);
    group.apply(test.settings, List.of(hello, other));

    assertEquals("hello", send(group, hello).await().text());
  }

  private Pods.Document brought(long sequence, ApplicationGroup... groups) {
    return new Pods.Document(sequence, document(sequence, groups));
  }

  @Test
  void whoeverWaitsInVainIsToldWhatIsMissing() throws Exception {
    test.close();
    test = new TestGroup(1, 1, 100, Duration.ofMillis(50));
    ApplicationGroup hello = test.script("hello", HELLO);
    Pods none = new Pods(Set.of(), List.of(SECRET), Optional.empty());
    SupervisorAddress nobody = new SupervisorAddress.Tcp("127.0.0.1", FreePort.find());
    DaemonGroup group = gateway(none, hello);

    assertTold(group, hello, "group default/site1 has no pod");
    group.pods(new Pods(Set.of(nobody), List.of(), Optional.empty()));
    assertTold(group, hello, "the secret of group default/site1 is not known");
    group.pods(new Pods(Set.of(nobody), List.of(SECRET), Optional.empty()));
    assertTold(group, hello, "none of the 1 pods of group default/site1 can be reached");
  }

  private void assertTold(DaemonGroup group, ApplicationGroup application, String what)
      throws Exception {
    RecordedExchange refused = send(group, application).await();
    assertEquals(FailureCode.QUEUE_TIMEOUT, refused.failure.code());
    assertTrue(refused.failure.detail().contains(what), refused.failure.detail());
  }

  @Test
  void secretsAreNotWrittenToLogs() {
    Pods known = new Pods(Set.of(), List.of(SECRET), Optional.of(new Pods.Document(1, "{}")));
    assertFalse(known.toString().contains(SECRET));
  }

  private SupervisorAddress supervisor(long sequence, ApplicationGroup... groups) throws Exception {
    TestPod pod =
        new TestPod(Files.createTempDirectory(files, "pod"), SECRET, document(sequence, groups));
    pods.add(pod);
    return pod.address();
  }

  private String document(long sequence, ApplicationGroup... groups) {
    return GroupDocuments.inCluster(new GroupDocument(test.settings, List.of(groups)), sequence);
  }

  private DaemonGroup gateway(Pods pods, ApplicationGroup... groups) {
    DaemonGroup group = DaemonGroup.inPods(test.settings, test.loopList());
    gateways.add(group);
    group.pods(pods);
    group.apply(test.settings, List.of(groups));
    return group;
  }

  private RecordedExchange send(DaemonGroup group, ApplicationGroup application) {
    return send(group, application, "/");
  }

  private RecordedExchange send(DaemonGroup group, ApplicationGroup application, String path) {
    return RecordedExchange.get(test.loop(0), test.route(application), path)
        .send(group.application(application.id()));
  }

  private static int slots(DaemonGroup group) {
    return group.status().slots();
  }
}
