package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when something goes that others need. */
@ApiServer
class DeletionTest {

  private static final String GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {}
      """;

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: shop}
      spec: {path: /shop, script: shop.py, processGroup: site1}
      """;

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(GROUP);
    scene.apply(ALIAS);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    assertEquals(8, left("site1").size());
    assertEquals(10, left("main").size(), "with index, shard and status");
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void anAliasSaysThatItsGroupIsGoneAndRecoversWithIt() {
    String claimed = claimedAt();
    scene.delete(DaemonGroup.class, "site1");
    Condition missing =
        scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "ProcessGroupNotFound");
    assertTrue(missing.getMessage().contains("/site1"), missing::getMessage);
    scene.eventually(() -> assertEquals(List.of(), left("site1")));
    assertEquals(0, scene.get(WsgiGateway.class, "main").getStatus().aliases());

    scene.apply(GROUP);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    assertEquals(claimed, claimedAt(), "nobody else was admitted meanwhile");
  }

  /** What is there of a group or gateway, of every kind that the operator makes. */
  private List<String> left(String name) {
    return Stream.concat(Scene.OF_A_GROUP.stream(), Stream.of(ServiceAccount.class))
        .flatMap(
            kind ->
                scene
                    .client()
                    .resources(kind)
                    .inNamespace(scene.namespace())
                    .withLabel(Names.INSTANCE, name)
                    .list()
                    .getItems()
                    .stream())
        .map(each -> each.getKind() + " " + each.getMetadata().getName())
        .toList();
  }

  private String claimedAt() {
    return scene.get(ScriptAlias.class, "shop").getStatus().claims().getFirst().admittedAt();
  }

  @Test
  void anAliasSaysThatItsGatewayIsGoneAndRecoversWithIt() {
    scene.delete(WsgiGateway.class, "main");
    scene.awaitCondition(ScriptAlias.class, "shop", "Accepted", "GatewayNotFound");
    scene.eventually(() -> assertEquals(List.of(), left("main")));
    scene.apply(Scene.GATEWAY);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.eventually(
        () -> assertTrue(scene.get(ConfigMap.class, "main-gateway-routes-1-0") != null));
  }

  @Test
  void anObjectThatIsReplacedAtOnceGetsItsObjectsAnew() {
    String before = scene.get(Deployment.class, "site1-group").getMetadata().getUid();
    scene.delete(DaemonGroup.class, "site1");
    scene.apply(GROUP);
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    Deployment after = scene.get(Deployment.class, "site1-group");
    assertTrue(!before.equals(after.getMetadata().getUid()));
    assertEquals(
        scene.get(DaemonGroup.class, "site1").getMetadata().getUid(),
        after.getMetadata().getOwnerReferences().getFirst().getUid());
  }

  @Test
  void aNamespaceGoesWithAllThatIsInIt() {
    scene.client().namespaces().withName(scene.namespace()).delete();
    scene.eventually(
        () -> assertNull(scene.client().namespaces().withName(scene.namespace()).get()));
  }
}
