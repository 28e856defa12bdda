package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an API server makes of the pod templates, in a namespace that enforces restricted. */
@ApiServer
final class PodTemplatesTest {

  private static final String GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {podTemplate: %s}
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

  /** Whole manifests, with every kind of source, and quantities as people write them. */
  @ParameterizedTest
  @ValueSource(strings = {"group-with-everything", "gateway-with-everything"})
  void arePodsThatARestrictedNamespaceTakesAndAreWrittenOnce(String manifest) throws IOException {
    scene.apply(Scene.GATEWAY);
    scene.apply(sample(manifest));
    String instance = manifest.startsWith("group") ? "site1" : "main";
    scene.eventually(() -> assertFalse(pods(instance).isEmpty(), "no pods are made"));
    scene.awaitQuiet();
  }

  /** Without what stands for a cluster in the file: its namespace, uid and priority class. */
  private static String sample(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/golden", name + ".yaml"))
        .replaceAll("namespace: web, ", "")
        .replaceAll(", uid: [-0-9]+", "")
        .replace("priorityClassName: high", "shareProcessNamespace: true");
  }

  private List<Pod> pods(String instance) {
    return scene
        .client()
        .pods()
        .inNamespace(scene.namespace())
        .withLabel(Names.INSTANCE, instance)
        .list()
        .getItems();
  }

  @Test
  void leavesWhatRunsAsItIsWhileAnOverlayCannotBeApplied() {
    scene.apply(GROUP.formatted("{spec: {tolerations: [{key: a, operator: Exists}]}}"));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    Deployment before = scene.get(Deployment.class, "site1-group");
    scene.apply(GROUP.formatted("{spec: {containers: [{name: workers, command: [sh]}]}}"));
    var accepted = scene.awaitCondition(DaemonGroup.class, "site1", "Accepted", "InvalidSpec");
    assertTrue(
        accepted.getMessage().startsWith("spec.podTemplate.spec.containers: leave command"),
        accepted.getMessage());
    scene.awaitQuiet();
    Deployment after = scene.get(Deployment.class, "site1-group");
    assertEquals(before.getMetadata().getUid(), after.getMetadata().getUid());
    assertEquals(before.getSpec(), after.getSpec());
  }

  @Test
  void saysInTheApiServersWordsWhatItRefuses() {
    scene.apply(GROUP.formatted("{spec: {tolerance: 1}}"));
    var programmed = scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Refused");
    assertTrue(
        programmed.getMessage().contains(".spec.template.spec.tolerance: field not declared"),
        programmed.getMessage());
  }
}
