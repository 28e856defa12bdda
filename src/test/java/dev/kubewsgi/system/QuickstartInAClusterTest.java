package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.FreePort;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The quickstart applied to an API server, with the chart's rights: the operator makes the objects,
 * a gateway and supervisors read them as their pods would, and the answers are those of {@code
 * kube-wsgi serve}.
 */
@ApiServer
@ResourceLock(InstalledOperator.ONLY_ONE)
@ExtendWith(OutputOnFailure.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuickstartInAClusterTest {

  private static final String RELEASE = "kube-wsgi-quickstart";
  private static final String EMBEDDED = "[{op: remove, path: /spec/processGroup}]";
  private static final String IN_LEGACY = "[{op: add, path: /spec/processGroup, value: legacy}]";
  private static final Path QUICKSTART = Checkout.ROOT.resolve("examples/quickstart");

  private final List<AutoCloseable> running = new ArrayList<>();
  private Cluster cluster;
  private KubernetesClient client;
  private TestNamespace namespace;
  private Path directory;
  private Site site;
  private PlayedPod site1;

  @BeforeAll
  void applyAndStart(Cluster cluster, TestNamespace namespace, @TempDir Path directory)
      throws IOException {
    this.cluster = cluster;
    this.client = cluster.client();
    this.namespace = namespace;
    this.directory = directory;
    this.site = started(new Site(FreePort.find()));
    started(InstalledOperator.start(cluster, RELEASE, directory));
    apply(quickstartOnPort(site.port()));
    List.of("hello", "environ", "counter", "report")
        .forEach(alias -> awaitCondition(alias, "Programmed", "True", ""));
    site1 = started(PlayedPod.start(client, namespace, "site1", 1, directory));
    started(PlayedPod.start(client, namespace, "legacy", 2, directory));
    startGateway();
    client
        .pods()
        .inNamespace(namespace.name())
        .list()
        .getItems()
        .forEach(namespace.kubelet()::ready);
  }

  private Path quickstartOnPort(int port) throws IOException {
    Path copy = Checkout.copy(QUICKSTART, directory.resolve("quickstart"));
    Path gateway = copy.resolve("gateway.yaml");
    Files.writeString(
        gateway, Files.readString(gateway).replaceFirst("port: [0-9]+", "port: " + port));
    return copy;
  }

  private void apply(Path path) {
    cluster.kubectl("apply", "-n", namespace.name(), "-f", path.toString()).orFail();
  }

  private void startGateway() {
    Eventually.isTrue("the gateway has a pod", () -> gatewayPod().isPresent());
    Path kubeconfig =
        cluster.kubeconfigOf(
            namespace.name(), "main-gateway", directory.resolve("gateway.kubeconfig"));
    started(
        CommandLine.start(
            List.of(
                "gateway",
                "--namespace=" + namespace.name(),
                "--name=main",
                "--pod=" + gatewayPod().orElseThrow().getMetadata().getName(),
                "--probes-port=" + FreePort.find()),
            Map.of("KUBECONFIG", kubeconfig.toString(), "KUBE_WSGI_PODS_ON_LOOPBACK", "true")));
  }

  private Optional<Pod> gatewayPod() {
    return client
        .pods()
        .inNamespace(namespace.name())
        .withLabel("app.kubernetes.io/component", "gateway")
        .list()
        .getItems()
        .stream()
        .findFirst();
  }

  private <T extends AutoCloseable> T started(T resource) {
    running.addFirst(resource);
    return resource;
  }

  @AfterAll
  void end() throws Exception {
    for (AutoCloseable each : running) {
      each.close();
    }
  }

  @Test
  void answersAreThoseOfServe() {
    Expectation.of(QUICKSTART).forEach(expectation -> awaitAnswer(expectation));
  }

  private void awaitAnswer(Expectation expectation) {
    String path = expectation.request().split(" ", 2)[1];
    Eventually.isTrue(path + " is served", () -> status(path) == expectation.status());
    expectation.checkAgainst(site);
  }

  private int status(String path) {
    try {
      return site.get(site.url(path)).statusCode();
    } catch (UncheckedIOException e) {
      return 0; // not listening yet
    }
  }

  @Test
  void everyAliasIsReadyWhenItsApplicationIs() {
    List.of("hello", "environ", "counter", "report")
        .forEach(alias -> awaitCondition(alias, "Ready", "True", ""));
  }

  @Test
  void aNewAliasOfAGroupIsServedByTheProcessesThatRun() throws IOException {
    apply(alias("fresh", "processGroup: site1", "    start_response('200 OK', [])", ""));
    Eventually.isTrue("/fresh is served", () -> status("/fresh") == 200);
    assertTrue(site1.isAlive(), "the supervisor runs on");
  }

  @Test
  void aScriptThatCannotBeImportedSaysSoInItsCondition() throws IOException {
    apply(alias("broken", "processGroup: site1", "    pass", "raise ValueError('no database')"));
    awaitCondition("broken", "Ready", "False", "ValueError: no database");
    assertEquals(200, status("/counter"));
  }

  @Test
  void oneFieldMovesAnAliasIntoTheGatewayAndBackAndNoRequestIsLost() throws IOException {
    apply(alias("mover", "processGroup: legacy", "    start_response('200 OK', [])", ""));
    Eventually.isTrue(
        "/mover is served", () -> status("/mover") == 200 && body("/mover").equals("legacy"));
    edit("mover", EMBEDDED);
    Eventually.isTrue("/mover is embedded", () -> isServedFrom("embedded"));
    edit("mover", IN_LEGACY);
    Eventually.isTrue("/mover is in legacy again", () -> isServedFrom("legacy"));
  }

  /** Any answer but that of the one place or the other is one that was lost. */
  private boolean isServedFrom(String place) {
    String answer = body("/mover");
    assertTrue(Set.of("legacy", "embedded").contains(answer), answer);
    return answer.equals(place);
  }

  private void edit(String alias, String patch) {
    cluster
        .kubectl("patch", "alias", alias, "-n", namespace.name(), "--type=json", "--patch", patch)
        .orFail();
  }

  private String body(String path) {
    HttpResponse<String> answer = site.get(site.url(path));
    assertEquals(200, answer.statusCode(), answer::body);
    return answer.body();
  }

  private Path alias(String name, String where, String start, String first) throws IOException {
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %1$s}
        spec:
          path: /%1$s
          script: %1$s.py
          %2$s
          source:
            inline:
              %1$s.py: |
                %4$s
                def application(environ, start_response):
                %3$s
                    return [(environ["mod_wsgi.process_group"] or "embedded").encode()]
        """
            .formatted(name, where, start, first));
  }

  private void awaitCondition(String alias, String type, String status, String message) {
    Eventually.isTrue(
        alias + " has " + type + "=" + status + " " + message,
        () ->
            condition(alias, type)
                .filter(each -> each.getStatus().equals(status))
                .filter(each -> each.getMessage().contains(message))
                .isPresent());
  }

  private Optional<Condition> condition(String alias, String type) {
    ScriptAlias found =
        client.resources(ScriptAlias.class).inNamespace(namespace.name()).withName(alias).get();
    return found.getStatus() == null || found.getStatus().conditions() == null
        ? Optional.empty()
        : found.getStatus().conditions().stream()
            .filter(each -> each.getType().equals(type))
            .findFirst();
  }
}
