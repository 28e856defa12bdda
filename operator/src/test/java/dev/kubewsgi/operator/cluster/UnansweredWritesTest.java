package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes that the API server does not do, each for a reason that should pass by itself. */
@ApiServer
class UnansweredWritesTest {

  private static final String BUSY = "the server is currently unable to handle the request";
  private static final String CONFLICT = "the object has been modified";

  @AutoClose private FaultyLine line;

  @BeforeEach
  void connect(Cluster cluster) throws IOException, GeneralSecurityException {
    line = FaultyLine.to(cluster.client().getConfiguration());
  }

  private Scene scene(Cluster cluster, TestNamespace namespace) {
    Scene scene = Scene.through(line, cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
    return scene;
  }

  @Test
  void aServerThatIsBusyForLongIsToldUntilItIsNotAnyMore(Cluster cluster, TestNamespace namespace) {
    try (var scene = scene(cluster, namespace)) {
      line.answer("PATCH", "/services/site1-group", 503, BUSY);
      scene.apply(Scene.group(1));
      Condition told = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Delayed");
      assertEquals("Service site1-group: " + BUSY, told.getMessage());
      line.heal();
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    }
  }

  @Test
  void aGatewayTellsOfAnObjectThatSomebodyElseChangesAllTheTime(
      Cluster cluster, TestNamespace namespace) {
    try (var scene = scene(cluster, namespace)) {
      line.answer("PATCH", "/deployments/main-gateway", 409, CONFLICT);
      scene.patch(WsgiGateway.class, "main", "{\"spec\": {\"replicas\": 3}}");
      Condition told = scene.awaitCondition(WsgiGateway.class, "main", "Ready", "Delayed");
      assertEquals("Deployment main-gateway: " + CONFLICT, told.getMessage());
      line.heal();
      scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
    }
  }

  @Test
  void aWriteThatIsCutOffIsToldByTheGroupAndByTheAliasThatWaitsForIt(
      Cluster cluster, TestNamespace namespace) {
    try (var scene = scene(cluster, namespace)) {
      scene.apply(Scene.group(1));
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
      line.cut("PATCH", "/configmaps/site1-group");
      scene.apply(Scene.alias("shop"));
      Condition group = scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Delayed");
      assertTrue(
          group.getMessage().startsWith("ConfigMap site1-group: the API server did not answer"),
          group::getMessage);
      Condition alias =
          scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "GroupNotProgrammed");
      assertTrue(alias.getMessage().contains("did not answer"), alias::getMessage);
      line.heal();
      scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    }
  }

  @Test
  void aTableThatCannotBeDealtAnewStaysAsItWasAndItsAliasesSayWhy(
      Cluster cluster, TestNamespace namespace) {
    try (var scene = scene(cluster, namespace)) {
      scene.apply(Scene.embedded("small", ""));
      scene.awaitCondition(ScriptAlias.class, "small", "Programmed", "Programmed");
      Map<String, String> index = data(scene, "main-gateway");
      Map<String, String> shard = data(scene, "main-gateway-routes-1-0");
      line.answer("PATCH", "/configmaps/main-gateway-routes", 503, BUSY);
      List.of("one", "two", "three")
          .forEach(name -> scene.apply(Scene.embedded(name, "x".repeat(50_000))));
      Condition told =
          scene.awaitCondition(ScriptAlias.class, "three", "Programmed", "GatewayNotProgrammed");
      assertTrue(told.getMessage().contains("ConfigMap main-gateway-routes-"), told::getMessage);
      assertTrue(told.getMessage().endsWith(BUSY), told::getMessage);
      assertEquals(index, data(scene, "main-gateway"));
      assertEquals(shard, data(scene, "main-gateway-routes-1-0"));
      line.heal();
      scene.awaitCondition(ScriptAlias.class, "three", "Programmed", "Programmed");
      scene.eventually(() -> assertNull(scene.get(ConfigMap.class, "main-gateway-routes-1-0")));
    }
  }

  private static Map<String, String> data(Scene scene, String configMap) {
    return scene.get(ConfigMap.class, configMap).getData();
  }

  @Test
  void aStatusThatIsAnsweredWithAConflictIsWrittenInTheEnd(
      Cluster cluster, TestNamespace namespace) {
    try (var scene = scene(cluster, namespace)) {
      line.answer("PATCH", "/daemongroups/site1/status", 409, CONFLICT);
      scene.apply(Scene.group(1));
      scene.eventually(() -> assertTrue(line.met() >= 2));
      line.heal();
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    }
  }
}
