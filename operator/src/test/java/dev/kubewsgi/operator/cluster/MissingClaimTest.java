package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** An alias whose files are in a volume that nobody has claimed. */
@ApiServer
class MissingClaimTest {

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: wiki}
      spec:
        path: /wiki
        script: wiki.py
        processGroup: site1
        source: {persistentVolumeClaim: {claimName: wiki-files}}
      """;

  @Test
  void groupAndAliasSayWhichClaimIsMissingUntilItIsThere(Cluster cluster, TestNamespace namespace) {
    try (var scene = new Scene(cluster, namespace)) {
      scene.apply(Scene.GATEWAY);
      scene.apply(ALIAS);
      scene.apply(Scene.group(1));
      scene.awaitCondition(ScriptAlias.class, "wiki", "Programmed", "Programmed");
      PlayedGateway gateway = PlayedGateway.ready(scene, "main");
      gateway.report(ApplicationReport.starting(gateway.revision(), false));

      Pod pod = scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GROUP, 1).getFirst();
      assertEquals(List.of("wiki-files"), claims(pod));
      scene.pods().kubelet().unschedulable(pod, "persistentvolumeclaim \"wiki-files\" not found");
      Condition group = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Unschedulable");
      assertTellsOfTheClaim(group);
      Condition alias = scene.awaitCondition(ScriptAlias.class, "wiki", "Ready", "GroupNotReady");
      assertTellsOfTheClaim(alias);

      scene.pods().kubelet().ready(pod);
      gateway.serves();
      scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Ready");
      scene.awaitCondition(ScriptAlias.class, "wiki", "Ready", "Serving");
    }
  }

  private static List<String> claims(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .map(Volume::getPersistentVolumeClaim)
        .filter(Objects::nonNull)
        .map(PersistentVolumeClaimVolumeSource::getClaimName)
        .toList();
  }

  private static void assertTellsOfTheClaim(Condition condition) {
    assertEquals("False", condition.getStatus());
    assertTrue(
        condition.getMessage().contains("persistentvolumeclaim \"wiki-files\" not found"),
        condition::getMessage);
    assertTrue(condition.getMessage().contains("create"), condition::getMessage);
  }
}
