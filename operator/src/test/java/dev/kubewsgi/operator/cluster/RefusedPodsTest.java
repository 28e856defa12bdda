package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import org.junit.jupiter.api.Test;

/** The namespace's quota has no room for pods. */
@ApiServer
class RefusedPodsTest {

  private static final String QUOTA =
      """
      apiVersion: v1
      kind: ResourceQuota
      metadata: {name: full}
      spec: {hard: {pods: "0"}}
      """;

  @Test
  void theConditionHasTheApiServersWords(Cluster cluster, TestNamespace namespace) {
    try (var scene = new Scene(cluster, namespace)) {
      scene.apply(QUOTA);
      scene.eventually(
          () ->
              assertEquals(
                  "0",
                  scene
                      .kubectl("get", "quota", "full", "-o", "jsonpath={.status.hard.pods}")
                      .stdout()));
      scene.apply(Scene.group(2));
      var ready = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "PodsRefused");
      assertTrue(ready.getMessage().contains("exceeded quota: full"), ready::getMessage);
      scene.awaitQuiet();
    }
  }
}
