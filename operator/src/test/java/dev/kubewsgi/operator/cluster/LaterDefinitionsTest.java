package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The definitions in the cluster are of a later release, and know choices that we do not. */
@ApiServer
@Isolated("it changes the definitions, which are the cluster's")
class LaterDefinitionsTest {

  private static final String GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec:
        embedded: {enabled: true}
        listeners: [{name: http, port: 8080}]
        service: {type: %s}
      """;

  @Test
  void aChoiceThatIsNotKnownHereIsInAConditionAndDisturbsNothingElse(
      Cluster cluster, TestNamespace namespace) {
    addChoices(cluster);
    var scene = new Scene(cluster, namespace);
    try {
      scene.apply(GATEWAY.formatted("NodePort"));
      scene.apply(Scene.group(1));
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");

      scene.apply(GATEWAY.formatted("Tomorrow"));
      scene.apply(Scene.group(2).replace("replicas: 2", "aliases: {namespaces: {from: Tomorrow}}"));
      assertNames("spec.service.type", scene, WsgiGateway.class, "main");
      assertNames("spec.aliases.namespaces", scene, DaemonGroup.class, "site1");
      scene.awaitQuiet();

      scene.stopOperator();
      scene.startOperator();
      scene.apply(Scene.alias("second"));
      scene.awaitCondition(ScriptAlias.class, "second", "Programmed", "Programmed");
      assertEquals("NodePort", scene.get(Service.class, "main-gateway").getSpec().getType());
    } finally {
      scene.close();
      scene.delete(WsgiGateway.class, "main");
      scene.delete(DaemonGroup.class, "site1");
      cluster.crds();
    }
  }

  @Test
  void aFieldThatIsNotKnownHereIsLeftAloneAndDisturbsNothing(
      Cluster cluster, TestNamespace namespace) {
    addField(cluster, DaemonGroup.class);
    var scene = new Scene(cluster, namespace);
    try {
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");

      scene.kubectl("patch", "dg", "site1", "--type=merge", "-p", "{\"spec\":{\"novelty\":\"x\"}}");
      scene.apply(Scene.alias("second"));
      scene.awaitCondition(ScriptAlias.class, "second", "Programmed", "Programmed");
      scene.awaitQuiet();

      scene.stopOperator();
      scene.startOperator();
      scene.apply(Scene.alias("third"));
      scene.awaitCondition(ScriptAlias.class, "third", "Programmed", "Programmed");
      assertEquals(
          "x", scene.kubectl("get", "dg", "site1", "-o", "jsonpath={.spec.novelty}").stdout());
    } finally {
      scene.close();
      scene.delete(DaemonGroup.class, "site1");
      cluster.crds();
    }
  }

  @Test
  void aValueThatCannotBeReadHereIsInAConditionAndDisturbsNothingElse(
      Cluster cluster, TestNamespace namespace) {
    widen(cluster, DaemonGroup.class, "threads");
    widen(cluster, ScriptAlias.class, "path");
    var scene = new Scene(cluster, namespace);
    try (var log = RecordedLog.mentioning(namespace.name())) {
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");

      applyRaw(scene, Scene.group(1).replace("replicas: 1", "threads: 50%"));
      assertNames("spec.threads", scene, DaemonGroup.class, "site1");
      applyRaw(scene, Scene.alias("odd").replace("path: /odd", "path: [/odd]"));
      scene.eventually(() -> assertEquals(1, log.messages("KW231").size()));
      assertNames("spec.path", scene, ScriptAlias.class, "odd");
      scene.awaitCondition(ScriptAlias.class, "odd", "Ready", "InvalidSpec");
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");
      scene.awaitQuiet();

      scene.stopOperator();
      scene.startOperator();
      scene.apply(Scene.alias("second"));
      scene.awaitCondition(ScriptAlias.class, "second", "Programmed", "Programmed");
    } finally {
      scene.close();
      scene.delete(DaemonGroup.class, "site1");
      scene.delete(ScriptAlias.class, "odd");
      cluster.crds();
    }
  }

  @Test
  void aGatewayThatCannotBeReadHereSaysSoAndWhatWasMadeOfItStays(
      Cluster cluster, TestNamespace namespace) {
    widen(cluster, WsgiGateway.class, "listeners");
    var scene = new Scene(cluster, namespace);
    try {
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
      applyRaw(scene, Scene.GATEWAY.replace("[{name: http, port: 8080}]", "{web: 8080}"));
      assertNames("spec.listeners", scene, WsgiGateway.class, "main");
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Accepted", "GatewayNotFound");
      scene.awaitQuiet();
      assertEquals(
          8080, scene.get(Service.class, "main-gateway").getSpec().getPorts().getFirst().getPort());

      applyRaw(scene, Scene.GATEWAY);
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");
      scene.awaitCondition(WsgiGateway.class, "main", "Accepted", "Accepted");
    } finally {
      scene.close();
      scene.delete(WsgiGateway.class, "main");
      cluster.crds();
    }
  }

  private static void applyRaw(Scene scene, String manifest) {
    GenericKubernetesResource object =
        Serialization.unmarshal(manifest, GenericKubernetesResource.class);
    object.getMetadata().setNamespace(scene.namespace());
    scene.client().resource(object).forceConflicts().serverSideApply();
  }

  /** Lets a field be anything; rules of the spec that read its value would be others then, too. */
  private static void widen(
      Cluster cluster, Class<? extends CustomResource<?, ?>> kind, String field) {
    cluster.changeSpec(
        kind,
        spec -> {
          JSONSchemaProps anything = new JSONSchemaProps();
          anything.setXKubernetesPreserveUnknownFields(true);
          anything.setDefault(spec.getProperties().get(field).getDefault());
          spec.getProperties().put(field, anything);
          spec.setXKubernetesValidations(
              spec.getXKubernetesValidations().stream()
                  .filter(rule -> !rule.getRule().contains("self." + field))
                  .toList());
        });
  }

  private static void addField(Cluster cluster, Class<? extends CustomResource<?, ?>> kind) {
    JSONSchemaProps text = new JSONSchemaProps();
    text.setType("string");
    cluster.changeSpec(kind, spec -> spec.getProperties().put("novelty", text));
  }

  private static void assertNames(
      String field, Scene scene, Class<? extends CustomResource<?, ?>> kind, String name) {
    Condition condition = scene.awaitCondition(kind, name, "Accepted", "InvalidSpec");
    assertTrue(condition.getMessage().contains(field), condition::getMessage);
    assertTrue(condition.getMessage().contains("upgrade the operator"), condition::getMessage);
  }

  private static void addChoices(Cluster cluster) {
    addChoice(cluster, WsgiGateway.class, "service", "type");
    addChoice(cluster, DaemonGroup.class, "aliases", "namespaces", "from");
  }

  private static void addChoice(
      Cluster cluster, Class<? extends CustomResource<?, ?>> kind, String... path) {
    cluster.changeSpec(kind, spec -> addChoice(spec, path));
  }

  private static void addChoice(JSONSchemaProps spec, String... path) {
    JSONSchemaProps schema = spec;
    for (String field : path) {
      schema = schema.getProperties().get(field);
    }
    schema.getEnum().add(Serialization.jsonMapper().getNodeFactory().textNode("Tomorrow"));
  }
}
