package dev.kubewsgi.operator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator waits for, one after the other, and who of two works. */
@ApiServer
final class OperationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int INVALID = 422;

  private static final String ALL_KINDS =
      """
      {"kind": "APIResourceList", "apiVersion": "v1", "resources": [
        {"name": "daemongroups"}, {"name": "daemongroups/status"},
        {"name": "scriptaliases"}, {"name": "scriptaliases/status"},
        {"name": "wsgigateways"}, {"name": "wsgigateways/status"}]}
      """;

  private static final String GROUPS_WITHOUT_THREADS =
      """
      {"components": {"schemas": {"dev.kubewsgi.v1alpha1.DaemonGroup": {
        "properties": {"spec": {"properties": {"replicas": {}}}}}}}}
      """;

  private final AtomicInteger superseded = new AtomicInteger();

  @Test
  void waitsForTheApiServerThenForTheKindsThenForTheLease() throws IOException {
    FakeApiServer first = FakeApiServer.start(0);
    int port = first.port();
    first.close();
    var progress = new Progress();
    try (KubernetesClient client = FakeApiServer.client(port);
        Operation operation = operation(client, progress, Map.of("KUBE_WSGI_NAMESPACE", "own"))) {
      operation.start();
      awaitPhase(progress, Phase.WAITING_FOR_API_SERVER, "KW221");
      try (FakeApiServer server = FakeApiServer.start(port)) {
        awaitPhase(progress, Phase.WAITING_FOR_DEFINITIONS, "KW222");
        server.put("/apis/kubewsgi.dev/v1alpha1", ALL_KINDS);
        awaitPhase(progress, Phase.STANDING_BY, "own/kube-wsgi-operator");
      }
    }
    assertEquals(0, superseded.get());
  }

  @Test
  void comparesTheDefinitionsWithItsOwn() throws IOException {
    var progress = new Progress();
    try (FakeApiServer server = FakeApiServer.start(0);
        KubernetesClient client = FakeApiServer.client(server.port());
        Operation operation = operation(client, progress, Map.of("KUBE_WSGI_NAMESPACE", "own"))) {
      server.put("/apis/kubewsgi.dev/v1alpha1", ALL_KINDS);
      server.put("/openapi/v3/apis/kubewsgi.dev/v1alpha1", GROUPS_WITHOUT_THREADS);
      operation.start();
      await()
          .atMost(PATIENCE)
          .until(
              progress::differences,
              all -> all.stream().anyMatch(each -> each.contains("spec.threads")));
    }
  }

  @Test
  void takesOverAtOnceWhenTheOneThatWorksEnds(Cluster cluster, TestNamespace namespace) {
    var one = new Progress();
    var other = new Progress();
    Map<String, String> settings = Map.of("KUBE_WSGI_NAMESPACES", namespace.name());
    try (Operation second = of(cluster, namespace, other, settings, "second")) {
      try (Operation first = of(cluster, namespace, one, settings, "first")) {
        first.start();
        awaitPhase(one, Phase.WORKING, namespace.name());
        second.start();
        awaitPhase(other, Phase.STANDING_BY, "second");
      }
      awaitPhase(other, Phase.WORKING, namespace.name());
    }
    assertEquals(0, superseded.get());
  }

  @Test
  void endsWhenAnotherHasTakenItsLease(Cluster cluster, TestNamespace namespace) {
    var progress = new Progress();
    Map<String, String> settings = Map.of("KUBE_WSGI_NAMESPACES", namespace.name());
    try (Operation operation = of(cluster, namespace, progress, settings, "first");
        var log = RecordedLog.mentioning("Lease")) {
      operation.start();
      awaitPhase(progress, Phase.WORKING, namespace.name());
      assertEquals(0, superseded.get());
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                take(cluster, namespace, "another");
                return superseded.get();
              },
              times -> times == 1);
      assertEquals(1, log.messages("KW225").size());
    }
    assertEquals("another", holder(cluster, namespace), "it is not given back by who has lost it");
  }

  private static void take(Cluster cluster, TestNamespace namespace, String thief) {
    leases(cluster, namespace)
        .forEach(
            lease ->
                cluster
                    .client()
                    .resource(lease)
                    .edit(
                        seen -> {
                          seen.getSpec().setHolderIdentity(thief);
                          seen.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC));
                          return seen;
                        }));
  }

  private static String holder(Cluster cluster, TestNamespace namespace) {
    return leases(cluster, namespace).getFirst().getSpec().getHolderIdentity();
  }

  private static List<Lease> leases(Cluster cluster, TestNamespace namespace) {
    return cluster.client().leases().inNamespace(namespace.name()).list().getItems();
  }

  @Test
  void worksBesideAnotherReleaseOfItsNamespace(Cluster cluster, TestNamespace namespace) {
    var east = new Progress();
    var west = new Progress();
    try (Operation one = of(cluster, namespace, east, withLease(namespace, "east"), "one");
        Operation other = of(cluster, namespace, west, withLease(namespace, "west"), "other")) {
      one.start();
      awaitPhase(east, Phase.WORKING, namespace.name());
      other.start();
      awaitPhase(west, Phase.WORKING, namespace.name());
    }
    assertEquals(0, superseded.get());
  }

  private static Map<String, String> withLease(TestNamespace namespace, String lease) {
    return Map.of("KUBE_WSGI_NAMESPACES", namespace.name(), "KUBE_WSGI_LEASE", lease);
  }

  @Test
  void asksNobodyWithoutAnElection(Cluster cluster, TestNamespace namespace) {
    var progress = new Progress();
    try (Operation operation =
        of(
            cluster,
            namespace,
            progress,
            Map.of("KUBE_WSGI_NAMESPACES", namespace.name(), "KUBE_WSGI_LEADER_ELECTION", "false"),
            "alone")) {
      operation.start();
      awaitPhase(progress, Phase.WORKING, namespace.name());
    }
    assertTrue(cluster.client().leases().inNamespace(namespace.name()).list().getItems().isEmpty());
  }

  @Test
  void saysWhatTheApiServerRefuses(Cluster cluster, TestNamespace namespace) {
    var progress = new Progress();
    cluster
        .client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace.name())
                .withName("nobody")
                .endMetadata()
                .build())
        .create();
    try (KubernetesClient client = cluster.clientOf(namespace.name(), "nobody");
        Operation operation =
            operation(
                client,
                progress,
                Map.of(
                    "KUBE_WSGI_NAMESPACE", namespace.name(),
                    "KUBE_WSGI_NAMESPACES", namespace.name(),
                    "KUBE_WSGI_LEADER_ELECTION", "false"))) {
      operation.start();
      awaitPhase(progress, Phase.WAITING_FOR_API_SERVER, "KW226");
      awaitPhase(progress, Phase.WAITING_FOR_API_SERVER, "is forbidden");
    }
  }

  @Test
  void makesTheFirstGateway(Cluster cluster, TestNamespace namespace, @TempDir Path folder)
      throws IOException {
    Path manifest = Files.writeString(folder.resolve("gateway.yaml"), gateway(namespace, 8080));
    try (Operation operation = withFirstGateway(cluster, namespace, manifest)) {
      operation.start();
      awaitFirstGateway(cluster, namespace);
    }
  }

  @Test
  void triesTheFirstGatewayUntilItIsTaken(
      Cluster cluster, TestNamespace namespace, @TempDir Path folder) throws IOException {
    Path manifest = Files.writeString(folder.resolve("gateway.yaml"), gateway(namespace, 0));
    AuditLog.Mark mark = cluster.auditLog().mark();
    try (Operation operation = withFirstGateway(cluster, namespace, manifest)) {
      operation.start();
      await().atMost(PATIENCE).until(() -> isRefusedAGateway(cluster, namespace, mark));
      assertNull(
          cluster
              .client()
              .resources(WsgiGateway.class)
              .inNamespace(namespace.name())
              .withName("first")
              .get());
      Files.writeString(manifest, gateway(namespace, 8080));
      awaitFirstGateway(cluster, namespace);
    }
  }

  private static boolean isRefusedAGateway(
      Cluster cluster, TestNamespace namespace, AuditLog.Mark mark) {
    return cluster.auditLog().since(mark).stream()
        .filter(each -> each.resource().equals("kubewsgi.dev/wsgigateways"))
        .filter(each -> each.namespace().equals(namespace.name()))
        .anyMatch(each -> each.status() == INVALID);
  }

  private static String gateway(TestNamespace namespace, int port) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: WsgiGateway
    metadata: {namespace: %s, name: first}
    spec: {listeners: [{name: http, port: %d}]}
    """
        .formatted(namespace.name(), port);
  }

  private Operation withFirstGateway(Cluster cluster, TestNamespace namespace, Path manifest) {
    return of(
        cluster,
        namespace,
        new Progress(),
        Map.of(
            "KUBE_WSGI_NAMESPACES", namespace.name(),
            "KUBE_WSGI_FIRST_GATEWAY", manifest.toString()),
        "first");
  }

  private static void awaitFirstGateway(Cluster cluster, TestNamespace namespace) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster
                        .client()
                        .apps()
                        .deployments()
                        .inNamespace(namespace.name())
                        .withName("first-gateway")
                        .get()
                    != null);
  }

  private Operation of(
      Cluster cluster,
      TestNamespace namespace,
      Progress progress,
      Map<String, String> settings,
      String name) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("KUBE_WSGI_NAMESPACE", namespace.name());
    environment.put("KUBE_WSGI_POD_NAME", name);
    return operation(cluster.client(), progress, environment);
  }

  private Operation operation(
      KubernetesClient client, Progress progress, Map<String, String> environment) {
    return new Operation(
        client,
        Settings.read(environment, "1", "default"),
        progress,
        new SimpleMeterRegistry(),
        superseded::incrementAndGet);
  }

  private static void awaitPhase(Progress progress, Phase phase, String detail) {
    await(phase + " " + detail)
        .atMost(PATIENCE)
        .until(progress::state, state -> state.phase() == phase && state.detail().contains(detail));
  }
}
