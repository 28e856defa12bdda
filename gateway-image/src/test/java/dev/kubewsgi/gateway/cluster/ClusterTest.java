package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.daemon.TestPod;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway, an API server and supervisors, all of them real. */
@ApiServer
class ClusterTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String NEW_SECRET = "fedcba9876543210fedcba9876543210";

  private final KubernetesClient client;

  @TempDir Path files;
  private String namespace;
  private Documents documents;
  private TestGateway gateway;
  private TestPod pod;

  ClusterTest(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void start(TestNamespace fresh) throws Exception {
    namespace = fresh.name();
    documents = new Documents(namespace);
    gateway = new TestGateway(client.getConfiguration(), namespace);
    secret(Map.of("current", SECRET));
    configMap("main-gateway-status", Map.of());
    pod = new TestPod(files.resolve("a"), SECRET, documents.groupDocument(1));
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    pod.close();
  }

  @Test
  void servesWhatIsWrittenAndWhatIsEditedAfterwards() throws Exception {
    write(2, documents.says("hello", "one"));
    endpoints("a", pod);
    gateway.untilServed("/hello", "one");

    write(3, documents.says("hello", "two"), documents.says("more", "three"));

    gateway.untilServed("/hello", "two");
    gateway.untilServed("/more", "three");
  }

  @Test
  void reportsWhatServesUnderThePodsName() throws Exception {
    var hello = documents.says("hello", "one");
    write(2, hello);
    endpoints("a", pod);

    TestGateway.until(
        "the report",
        () ->
            new GatewayReport(
                    Map.of(hello.id(), ApplicationReport.serving(hello.revision())), Map.of())
                .equals(report()));
  }

  @Test
  void goesOnWhileTheApiServerIsAwayAndCatchesUpAfterwards() throws Exception {
    write(2, documents.says("hello", "one"));
    endpoints("a", pod);
    gateway.untilServed("/hello", "one");

    gateway.wire.cut();
    TestGateway.until("it is noticed", () -> !gateway.health.isReachable());
    write(3, documents.says("hello", "two"));
    assertEquals("one", gateway.get("/hello").body());
    gateway.wire.mend();

    gateway.untilServed("/hello", "two");
    assertTrue(gateway.health.isReachable());
  }

  @Test
  void anotherSecretCostsNoRequest() throws Exception {
    write(2, documents.says("hello", "one"));
    endpoints("a", pod);
    gateway.untilServed("/hello", "one");

    secret(Map.of("current", NEW_SECRET, "previous", SECRET));
    // The pod hears of it after the gateway: a pod that the gateway meets now has the old one only.
    try (var late = new TestPod(files.resolve("late"), SECRET, documents.groupDocument(1))) {
      endpoints("a", late);
      pod.close();
      gateway.untilServed("/hello", "one");
      late.secret("previous", SECRET);
      late.secret("current", NEW_SECRET);
      for (var i = 0; i < 50; i++) {
        assertEquals("one", gateway.get("/hello").body());
      }
    }
  }

  @Test
  void requestsGoToAnotherPodWhenOneIsGone() throws Exception {
    write(2, documents.says("hello", "one"));
    endpoints("a", pod);
    try (var other = new TestPod(files.resolve("b"), SECRET, documents.groupDocument(1))) {
      endpoints("b", other);
      gateway.untilServed("/hello", "one");
      TestGateway.until("both pods", () -> supervisors() == 2);

      pod.close();
      assertEquals("one", gateway.get("/hello").body());
      client.discovery().v1().endpointSlices().inNamespace(namespace).withName("site1-a").delete();
      TestGateway.until("one pod", () -> supervisors() == 1);
      assertEquals("one", gateway.get("/hello").body());
    }
  }

  @Test
  void requestsWaitForTheFirstPod() throws Exception {
    write(2, documents.says("hello", "one"));
    TestGateway.until("the listener", () -> gateway.gateway.isReady());

    var waiting = gateway.send("/hello");
    assertFalse(waiting.isDone());
    endpoints("a", pod);

    assertEquals("one", waiting.get().body());
  }

  @Test
  void requestsDoNotWaitLongerForAPodThanForAThread() throws Exception {
    documents = new Documents(namespace, Duration.ofMillis(300));
    write(2, documents.says("hello", "one"));
    TestGateway.until("the listener", () -> gateway.gateway.isReady());

    var answer = gateway.get("/hello");

    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("KW502"), answer::body);
  }

  @Test
  void documentsThatCannotBeReadLeaveWhatIs() throws Exception {
    write(2, documents.says("hello", "one"));
    endpoints("a", pod);
    gateway.untilServed("/hello", "one");

    configMap("main-gateway", Map.of("index.json", "{\"format\": 99}"));
    configMap("main-gateway-routes-1-0", Map.of("routes.json", "{"));
    configMap("site1-group", Map.of("group.json", "[]"));
    TestGateway.until("three were noticed", () -> gateway.unreadable.count() == 3);

    assertEquals("one", gateway.get("/hello").body());
  }

  private long supervisors() {
    return gateway.gateway.daemonGroups().stream()
        .mapToLong(group -> group.supervisors().size())
        .sum();
  }

  private GatewayReport report() {
    var data =
        client
            .configMaps()
            .inNamespace(namespace)
            .withName("main-gateway-status")
            .get()
            .getBinaryData();
    return data == null || !data.containsKey("main-0")
        ? null
        : GatewayReport.unpack(Base64.getDecoder().decode(data.get("main-0"))).orElseThrow();
  }

  /** Shards before the index, and the group's document, as the operator does. */
  private void write(long sequence, ApplicationGroup... groups) {
    RouteTable table = documents.table(gateway.port, groups);
    var written = Documents.written(table);
    for (var i = 0; i < written.shards().size(); i++) {
      configMap(
          "main-gateway-routes-" + written.shards().size() + "-" + i,
          Map.of("routes.json", written.shards().get(i)));
    }
    configMap("main-gateway", Map.of("index.json", written.index()));
    configMap("site1-group", Map.of("group.json", documents.groupDocument(sequence, groups)));
  }

  private void configMap(String name, Map<String, String> data) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withData(data)
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private void secret(Map<String, String> values) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("site1-group")
                .endMetadata()
                .withStringData(values)
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private void endpoints(String name, TestPod of) {
    client
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("site1-" + name)
                .addToLabels("kubernetes.io/service-name", "site1-group")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses("198.18.0.1")
                .endEndpoint()
                .addNewPort()
                .withName("wsgi")
                .withPort(of.port())
                .endPort()
                .build())
        .forceConflicts()
        .serverSideApply();
  }
}
