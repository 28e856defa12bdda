package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An alias whose files are in a volume that nobody has claimed, and those beside it. */
@ApiServer
class MissingClaimTest {

  private static final String WIKI =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: wiki}
      spec: {path: /wiki, script: wiki.py, source: {persistentVolumeClaim: {claimName: wiki-files}}}
      """;

  private static final String CLAIM =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: wiki-files}
      spec: {accessModes: [ReadOnlyMany], resources: {requests: {storage: 1Mi}}}
      """;

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(Scene.group(1));
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void anEmbeddedAliasNamesTheClaimAndItsGatewayGoesOnWithTheOthers() {
    scene.apply(WIKI);
    assertTellsOfTheClaim();
    scene.apply(Scene.alias("blog").replace(", processGroup: site1", ""));
    scene.awaitCondition(ScriptAlias.class, "blog", "Programmed", "Programmed");
    scene.awaitQuiet();
    assertEquals(List.of(), claims("main-gateway"));

    scene.apply(CLAIM);
    scene.awaitCondition(ScriptAlias.class, "wiki", "Programmed", "Programmed");
    scene.eventually(() -> assertEquals(List.of("wiki-files"), claims("main-gateway")));
  }

  @Test
  void theSecondAliasOfAGroupNamesTheClaimAndTheFirstGoesOn() {
    scene.apply(WIKI.replace("script:", "processGroup: site1, script:"));
    assertTellsOfTheClaim();
    scene.patch(DaemonGroup.class, "site1", "{\"spec\": {\"replicas\": 2}}");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    assertEquals(List.of(), claims("site1-group"));

    scene.apply(CLAIM);
    scene.awaitCondition(ScriptAlias.class, "wiki", "Programmed", "Programmed");
    scene.eventually(() -> assertEquals(List.of("wiki-files"), claims("site1-group")));
  }

  private void assertTellsOfTheClaim() {
    Condition condition =
        scene.awaitCondition(ScriptAlias.class, "wiki", "ResolvedRefs", "SourceNotFound");
    assertEquals("False", condition.getStatus());
    assertTrue(
        condition
            .getMessage()
            .contains("no PersistentVolumeClaim " + scene.namespace() + "/wiki-files; create it"),
        condition::getMessage);
  }

  private List<String> claims(String deployment) {
    return scene
        .get(Deployment.class, deployment)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getVolumes()
        .stream()
        .map(Volume::getPersistentVolumeClaim)
        .filter(Objects::nonNull)
        .map(PersistentVolumeClaimVolumeSource::getClaimName)
        .toList();
  }
}
