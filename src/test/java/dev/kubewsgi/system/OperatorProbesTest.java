package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What kubelet and Prometheus ask an operator that has made something of three objects. */
@ApiServer
@ResourceLock(InstalledOperator.ONLY_ONE)
@ExtendWith(OutputOnFailure.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorProbesTest {

  private static final String RELEASE = "kube-wsgi-scraped";

  private static final String MANIFESTS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec: {listeners: [{name: http, port: 8080}]}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {}
      ---
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: shop}
      spec: {script: shop.py, processGroup: site1}
      """;

  private static final String REFUSED =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: refused}
      spec: {podTemplate: {spec: {dnsPolicy: Perhaps}}}
      """;

  private static final List<String> CONTROLLERS =
      List.of("daemongroupreconciler", "scriptaliasreconciler", "wsgigatewayreconciler");

  private Cluster cluster;
  private TestNamespace namespace;
  private Path directory;
  private InstalledOperator operator;

  @BeforeAll
  void start(Cluster cluster, TestNamespace namespace, @TempDir Path directory) throws IOException {
    this.cluster = cluster;
    this.namespace = namespace;
    this.directory = directory;
    operator = InstalledOperator.start(cluster, RELEASE, directory);
    apply("manifests", MANIFESTS);
    cluster
        .kubectl(
            "wait",
            "-n",
            namespace.name(),
            "alias/shop",
            "--for=condition=Programmed",
            "--timeout=60s")
        .orFail();
  }

  private void apply(String name, String manifests) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".yaml"), manifests);
    cluster.kubectl("apply", "-n", namespace.name(), "-f", file.toString()).orFail();
  }

  @AfterAll
  void end() {
    operator.close();
  }

  @Test
  void probesAnswer() {
    for (String probe : List.of("started", "live", "ready")) {
      Eventually.isTrue(probe, () -> get("/q/health/" + probe).statusCode() == 200);
    }
    assertTrue(get("/q/health/ready").body().contains("WORKING"));
    assertTrue(get("/q/health/ready").body().contains("no difference is known"));
    assertTrue(get("/q/metrics").body().contains("\nkubewsgi_operator_definition_differences 0.0"));
  }

  @Test
  void timesAreMeasuredWithTheirDistribution() {
    String programmed = "kubewsgi_operator_time_to_programmed_seconds";
    assertTrue(value(programmed + "_count") >= 1);
    assertTrue(value(programmed + "_sum") > 0);
    assertTrue(value(programmed + "_bucket", "le=\"120.0\"") >= 1);
    String compilation = "kubewsgi_operator_compilation_seconds";
    assertTrue(value(compilation + "_count") >= 1);
    assertTrue(value(compilation + "_sum") > 0);
    assertTrue(value(compilation + "_bucket", "le=\"+Inf\"") >= 1);
    assertEquals(1, value("kubewsgi_operator_phase", "phase=\"WORKING\""));
  }

  @Test
  void eachControllerHasItsReconcilesCountedAndItsQueueMeasured() {
    for (String controller : CONTROLLERS) {
      assertTrue(
          value(
                  "operator_sdk_controllers_execution_reconcile_success_total",
                  "controller=\"" + controller + "\"")
              >= 1,
          controller);
      Eventually.isTrue(
          controller + " has done its work",
          () ->
              value("operator_sdk_reconciliations_queue_size_" + controller) == 0
                  && value("operator_sdk_reconciliations_executions_" + controller) == 0);
    }
  }

  @Test
  void whatFailsIsCountedByItsController() throws IOException {
    apply("refused", REFUSED);
    Eventually.isTrue(
        "a failure is counted",
        () ->
            value(
                    "operator_sdk_controllers_execution_reconcile_failure_total",
                    "controller=\"daemongroupreconciler\"")
                >= 1);
    cluster.kubectl("delete", "-n", namespace.name(), "dg", "refused").orFail();
  }

  /** The sum of the samples of a name that have a label; 0 if there is none. */
  private double value(String name, String... labels) {
    return get("/q/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpResponse<String> get(String path) {
    return operator.probes().get(operator.probes().url(path));
  }
}
