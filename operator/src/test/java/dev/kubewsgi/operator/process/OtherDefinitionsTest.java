package dev.kubewsgi.operator.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
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
import java.util.function.Consumer;
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

  /** From one look to the next, and then some. */
  private static final Duration LOOK = Duration.ofSeconds(12);

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

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {namespace: %s, name: shop}
      spec: {path: /shop, script: shop.py, processGroup: site1}
      """;

  private Cluster cluster;
  private String namespace;

  @BeforeEach
  void apply(Cluster cluster, TestNamespace namespace) {
    this.cluster = cluster;
    this.namespace = namespace.name();
    for (String manifest : List.of(GROUP, GATEWAY, ALIAS)) {
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
    try (Operation operation = operation()) {
      operation.start();
      awaitSaid("dg/site1", each -> each.contains("is older than this operator: it lacks spec.re"));
      awaitQuiet();

      cluster.crds();
      cluster.changeSpec(WsgiGateway.class, spec -> spec.getProperties().put("novelty", text()));
      awaitSaid("wgw/main", each -> each.contains("is newer than this operator: spec.novelty"));
      awaitSaid("dg/site1", String::isEmpty);
      awaitQuiet();
    }
  }

  @Test
  void aStatusIsWrittenWithoutTheFieldsThatItsDefinitionLacks() {
    cluster.changeStatus(DaemonGroup.class, without("readyReplicas"));
    cluster.changeStatus(ScriptAlias.class, without("claims"));
    cluster.changeStatus(
        WsgiGateway.class,
        status ->
            without("observedGeneration")
                .accept(status.getProperties().get("conditions").getItems().getSchema()));
    try (Operation operation = operation()) {
      operation.start();
      awaitSaid("dg/site1", each -> each.contains("it lacks status.readyReplicas,"));
      awaitSaid("alias/shop", each -> each.contains("it lacks status.claims,"));
      awaitSaid("wgw/main", each -> each.contains("lacks status.conditions[].observedGeneration,"));
      awaitQuiet();
      assertEquals("True", programmed("alias/shop"));
      assertEquals("0/1", read("dg/site1", "{.status.ready}"));

      cluster.crds();
      awaitSaid("alias/shop", String::isEmpty);
      assertEquals("/shop", read("alias/shop", "{.status.claims[0].path}"));
      awaitSaid("dg/site1", String::isEmpty);
      assertEquals("0", read("dg/site1", "{.status.readyReplicas}"));
      awaitQuiet();
    }
  }

  private Operation operation() {
    Map<String, String> environment =
        Map.of(
            "KUBE_WSGI_NAMESPACE", namespace,
            "KUBE_WSGI_NAMESPACES", namespace,
            "KUBE_WSGI_LEADER_ELECTION", "false");
    return new Operation(
        cluster.client(),
        Settings.read(environment, "1", "default"),
        new Progress(),
        new SimpleMeterRegistry(),
        () -> {});
  }

  /** Also with the next look at the definitions nothing is written. */
  private void awaitQuiet() {
    cluster.auditLog().awaitQuiet(each -> each.namespace().equals(namespace), LOOK);
  }

  private void awaitSaid(String object, Predicate<String> wanted) {
    await().atMost(PATIENCE).until(() -> said(object), wanted);
  }

  /** The message of the condition; empty: there is none. */
  private String said(String object) {
    return read(object, "{.status.conditions[?(@.type=='SupportedVersion')].message}");
  }

  private String programmed(String object) {
    return read(object, "{.status.conditions[?(@.type=='Programmed')].status}");
  }

  private String read(String object, String path) {
    return cluster
        .kubectl("get", object, "-n", namespace, "-o", "jsonpath=" + path)
        .orFail()
        .stdout();
  }

  private static Consumer<JSONSchemaProps> without(String field) {
    return schema -> schema.getProperties().remove(field);
  }

  private static JSONSchemaProps text() {
    var text = new JSONSchemaProps();
    text.setType("string");
    return text;
  }
}
