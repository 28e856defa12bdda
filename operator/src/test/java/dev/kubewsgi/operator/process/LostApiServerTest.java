package dev.kubewsgi.operator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.operator.cluster.FaultyLine;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API server goes away under an operator that works, and comes back. */
@ApiServer
final class LostApiServerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What application.properties has. */
  private static final int ATTEMPTS_OF_THE_PROCESS = 2;

  private final Progress progress = new Progress();
  private final Health health = new Health(progress);
  private final AtomicInteger superseded = new AtomicInteger();

  private Cluster cluster;
  private String namespace;

  @AutoClose private FaultyLine line;
  @AutoClose private KubernetesClient client;

  @BeforeEach
  void connect(Cluster cluster, TestNamespace namespace)
      throws IOException, GeneralSecurityException {
    this.cluster = cluster;
    this.namespace = namespace.name();
    line = FaultyLine.to(cluster.client().getConfiguration());
    kubectl("create", "serviceaccount", "operator");
    kubectl(
        "create",
        "rolebinding",
        "operator",
        "--clusterrole=cluster-admin",
        "--serviceaccount=" + this.namespace + ":operator");
    client = through(line);
  }

  private KubernetesClient through(FaultyLine line) {
    try (KubernetesClient direct = cluster.clientOf(namespace, "operator")) {
      Config config =
          new ConfigBuilder(direct.getConfiguration())
              .withMasterUrl("http://127.0.0.1:" + line.port())
              .withRequestRetryBackoffLimit(ATTEMPTS_OF_THE_PROCESS)
              .build();
      return new KubernetesClientBuilder().withConfig(config).build();
    }
  }

  @Test
  void isSaidOnceAndWaitedForByWhoWorksAlone() throws IOException {
    try (Operation operation = operation("false");
        var log = RecordedLog.mentioning("127.0.0.1:" + line.port())) {
      operation.start();
      awaitPhase(Phase.WORKING);
      assertEquals(Status.UP, health.call().getStatus());

      line.lose();
      awaitPhase(Phase.WAITING_FOR_API_SERVER);
      assertEquals(Status.DOWN, health.call().getStatus());
      apply("site1");

      line.heal();
      awaitPhase(Phase.WORKING);
      assertEquals(Status.UP, health.call().getStatus());
      awaitProgrammed("site1");
      assertEquals(1, log.messages("KW221").size(), () -> log.lines().toString());
    }
    assertEquals(0, superseded.get());
  }

  @Test
  void endsWhoWasElectedForAnotherMayBeByThen() throws IOException {
    try (Operation operation = operation("true");
        var log = RecordedLog.mentioning("KW225")) {
      operation.start();
      awaitPhase(Phase.WORKING);
      line.lose();
      await().atMost(PATIENCE).until(superseded::get, times -> times == 1);
      assertEquals(1, log.lines().size());
    }
  }

  private Operation operation(String election) {
    Map<String, String> environment =
        Map.of(
            "KUBE_WSGI_NAMESPACE", namespace,
            "KUBE_WSGI_NAMESPACES", namespace,
            "KUBE_WSGI_LEADER_ELECTION", election);
    return new Operation(
        client,
        Settings.read(environment, "1", "default"),
        progress,
        new SimpleMeterRegistry(),
        superseded::incrementAndGet);
  }

  private void awaitPhase(Phase phase) {
    await(phase.name()).atMost(PATIENCE).until(() -> progress.state().phase() == phase);
  }

  private void apply(String group) {
    String manifest =
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {namespace: %s, name: %s}
        spec: {}
        """;
    cluster
        .client()
        .resource(
            Serialization.unmarshal(
                manifest.formatted(namespace, group), GenericKubernetesResource.class))
        .create();
  }

  private void awaitProgrammed(String group) {
    kubectl("wait", "--for=condition=Programmed", "--timeout=60s", "dg/" + group);
  }

  private void kubectl(String... arguments) {
    String[] here = new String[arguments.length + 1];
    here[0] = "--namespace=" + namespace;
    System.arraycopy(arguments, 0, here, 1, arguments.length);
    cluster.kubectl(here).orFail();
  }
}
