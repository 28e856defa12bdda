package dev.kubewsgi.operator.process;

import static org.awaitility.Awaitility.await;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The definitions in the cluster are of an earlier release, then of a later one, then ours. */
@ApiServer
@Isolated("it changes the definitions, which are the cluster's")
class OtherDefinitionsTest {

  /** They are looked at every ten seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {namespace: %s, name: site1}
      spec: {}
      """;

  private static final String GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {namespace: %s, name: main}
      spec: {listeners: [{name: http, port: 8080}]}
      """;

  private Cluster cluster;
  private String namespace;

  @BeforeEach
  void apply(Cluster cluster, TestNamespace namespace) {
    this.cluster = cluster;
    this.namespace = namespace.name();
    for (String manifest : List.of(GROUP, GATEWAY)) {
      cluster
          .client()
          .resource(
              Serialization.unmarshal(
                  manifest.formatted(this.namespace), GenericKubernetesResource.class))
          .create();
    }
  }

  @AfterEach
  void restore() {
    cluster.crds();
  }

  @Test
  void aConditionOfEachObjectOfTheKindSaysWhatIsMissingForAsLongAsItIs() {
    cluster.changeSpec(DaemonGroup.class, spec -> spec.getProperties().remove("restartedAt"));
    Map<String, String> environment =
        Map.of(
            "KUBE_WSGI_NAMESPACE", namespace,
            "KUBE_WSGI_NAMESPACES", namespace,
            "KUBE_WSGI_LEADER_ELECTION", "false");
    try (var operation =
        new Operation(
            cluster.client(),
            Settings.read(environment, "1", "default"),
            new Progress(),
            new SimpleMeterRegistry(),
            () -> {})) {
      operation.start();
      awaitSaid("dg/site1", each -> each.contains("is older than this operator: it lacks spec.re"));

      cluster.crds();
      cluster.changeSpec(WsgiGateway.class, spec -> spec.getProperties().put("novelty", text()));
      awaitSaid("wgw/main", each -> each.contains("is newer than this operator: spec.novelty"));
      awaitSaid("dg/site1", String::isEmpty);
    }
  }

  private void awaitSaid(String object, Predicate<String> wanted) {
    await().atMost(PATIENCE).until(() -> said(object), wanted);
  }

  /** The message of the condition; empty: there is none. */
  private String said(String object) {
    String message = "jsonpath={.status.conditions[?(@.type=='SupportedVersion')].message}";
    return cluster.kubectl("get", object, "-n", namespace, "-o", message).orFail().stdout();
  }

  private static JSONSchemaProps text() {
    var text = new JSONSchemaProps();
    text.setType("string");
    return text;
  }
}
