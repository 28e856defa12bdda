package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group without threads, which no alias names. */
@ApiServer
final class ServiceGroupTest {

  private static final String GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {threads: %d, preload: [{module: shop.jobs}]}
      """;

  private Scene scene;

  @BeforeEach
  void open(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void hasAPodWhoseDocumentSaysWhatToRun() {
    scene.apply(GROUP.formatted(0));
    scene.eventually(
        () -> assertEquals(1, pods(), "pods are made though there is no gateway and no alias"));
    String document = scene.get(ConfigMap.class, "site1-group").getData().get(Names.GROUP_DOCUMENT);
    assertEquals(
        "\"scripts\":[],\"python\":{\"home\":null,\"path\":[]},\"env\":{},"
            + "\"preload\":[{\"module\":\"shop.jobs\"}]}]}",
        document.substring(document.indexOf("\"scripts\"")));
    scene.awaitQuiet();
  }

  private int pods() {
    return scene
        .client()
        .pods()
        .inNamespace(scene.namespace())
        .withLabel(Names.INSTANCE, "site1")
        .list()
        .getItems()
        .size();
  }

  @Test
  void endsItsOldPodFirstFromTheEditOnThatTakesItsThreads() {
    awaitStrategy(15, "RollingUpdate");
    assertNull(awaitStrategy(0, "Recreate").getRollingUpdate());
    assertEquals(
        0, awaitStrategy(1, "RollingUpdate").getRollingUpdate().getMaxUnavailable().getIntVal());
  }

  private DeploymentStrategy awaitStrategy(int threads, String type) {
    scene.apply(GROUP.formatted(threads));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    DeploymentStrategy strategy =
        scene.get(Deployment.class, "site1-group").getSpec().getStrategy();
    assertEquals(type, strategy.getType());
    return strategy;
  }
}
