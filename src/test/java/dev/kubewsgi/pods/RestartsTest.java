package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.system.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Restarting and scaling a group, which nobody else notices. */
@Pods
@ResourceLock("pods of its groups: its tests follow one another")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartsTest {

  private static final String BUSY =
      """
      import time


      def application(environ, start_response):
          end = time.monotonic() + 0.2
          while time.monotonic() < end:
              pass
          start_response("200 OK", [("Content-Length", "0")])
          return []
      """;

  private Scene scene;

  @BeforeAll
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("one", "replicas: 2")
            + Manifests.group("two", "replicas: 1")
            + Manifests.alias("one", "one", Manifests.answering("'one'"))
            + Manifests.alias("two", "two", Manifests.answering("'two'")));
    List.of("one", "two").forEach(alias -> scene.awaitCondition("alias", alias, "Ready"));
    List.of("one-group", "two-group", "main-gateway").forEach(scene::awaitRollout);
  }

  @Test
  void anotherRestartedAtRestartsThatGroupAlone() {
    restarts(
        () -> scene.patch("dg", "one", "{\"spec\": {\"restartedAt\": \"2026-01-02T03:04:05Z\"}}"));
  }

  @Test
  void rolloutRestartOfTheDeploymentIsLeftStanding() {
    restarts(() -> scene.kubectl("rollout", "restart", "deployment/one-group"));
  }

  private void restarts(Runnable restart) {
    var others =
        Map.of("two", scene.podNames("group", "two"), "main", scene.podNames("gateway", "main"));
    List<String> before = scene.podNames("group", "one");
    restart.run();
    Eventually.isTrue(
        "two other pods of one",
        Scene.PATIENCE,
        () -> {
          List<String> now = scene.podNames("group", "one");
          return now.size() == 2 && now.stream().noneMatch(before::contains);
        });
    scene.awaitRollout("one-group");
    assertEquals(
        others,
        Map.of("two", scene.podNames("group", "two"), "main", scene.podNames("gateway", "main")));
  }

  @Test
  void scaleIsObeyed() {
    scene.kubectl("scale", "dg", "two", "--replicas=3");
    Eventually.isTrue(
        "three pods", Scene.PATIENCE, () -> scene.podNames("group", "two").size() == 3);
    scene.awaitRollout("two-group");
    scene.kubectl("scale", "dg", "two", "--replicas=1");
    Eventually.isTrue("one pod", Scene.PATIENCE, () -> scene.podNames("group", "two").size() == 1);
  }

  @Test
  void anAutoscalerAddsPodsToABusyGroup() {
    scene.apply(
        Manifests.group("busy", "threads: 2, resources: {requests: {cpu: 10m}}")
            + Manifests.alias("busy", "busy", BUSY)
            + """
              apiVersion: autoscaling/v2
              kind: HorizontalPodAutoscaler
              metadata: {name: busy}
              spec:
                scaleTargetRef: {apiVersion: kubewsgi.dev/v1alpha1, kind: DaemonGroup, name: busy}
                minReplicas: 1
                maxReplicas: 2
                metrics:
                - type: Resource
                  resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
              """);
    var site = scene.site("main", Manifests.PORT);
    scene.awaitAnswer(site, "/busy", "200");
    Eventually.isTrue(
        "a second pod",
        Scene.PATIENCE,
        () -> {
          Scene.answer(site, "/busy");
          return scene.podNames("group", "busy").size() == 2;
        });
  }
}
