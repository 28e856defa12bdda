package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A DaemonGroup and a WsgiGateway under a HorizontalPodAutoscaler. */
@ApiServer
class AutoscalingTest {

  /** It brings up what is below its minimum, metrics or not. */
  private static final String AUTOSCALER =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: %2$s}
      spec:
        scaleTargetRef: {apiVersion: kubewsgi.dev/v1alpha1, kind: %1$s, name: %2$s}
        minReplicas: 3
        maxReplicas: 5
        metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
      """;

  private static final String GROUP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: DaemonGroup
      metadata: {name: site1}
      spec: {threads: %d}
      """;

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(GROUP.formatted(15));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void theScaleSubresourceTellsWhichPodsThereAre() {
    scene.eventually(
        () -> {
          Scale scale = scale();
          assertEquals(1, scale.getSpec().getReplicas());
          assertEquals(1, scale.getStatus().getReplicas());
          assertEquals(podsOfTheGroup(), selectedBy(scale.getStatus().getSelector()));
        });
  }

  private Scale scale() {
    String path = "/apis/kubewsgi.dev/v1alpha1/namespaces/%s/daemongroups/site1/scale";
    String scale = scene.kubectl("get", "--raw", path.formatted(scene.namespace())).stdout();
    return Serialization.unmarshal(scale, Scale.class);
  }

  private List<String> podsOfTheGroup() {
    return scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GROUP, 1).stream()
        .map(AutoscalingTest::name)
        .toList();
  }

  private List<String> selectedBy(String selector) {
    return scene
        .client()
        .pods()
        .inNamespace(scene.namespace())
        .withLabelSelector(selector)
        .list()
        .getItems()
        .stream()
        .map(AutoscalingTest::name)
        .toList();
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  @Test
  void whatAnAutoscalerWritesIsObeyedAndLeftToIt() {
    scene.awaitQuiet();
    AuditLog.Mark mark = scene.mark();
    scene.apply(AUTOSCALER.formatted("DaemonGroup", "site1"));
    scene.apply(AUTOSCALER.formatted("WsgiGateway", "main"));
    awaitReplicas("site1-group", 3);
    awaitReplicas("main-gateway", 3);
    assertEquals("True", able("site1"));
    assertEquals("True", able("main"));

    scene.apply(GROUP.formatted(4));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    assertEquals(3, scene.get(DaemonGroup.class, "site1").getSpec().replicas());
    assertEquals(3, scene.get(Deployment.class, "site1-group").getSpec().getReplicas());
    assertEquals(List.of(), specsWrittenSince(mark));
  }

  private void awaitReplicas(String deployment, int replicas) {
    scene.eventually(
        () ->
            assertEquals(
                replicas, scene.get(Deployment.class, deployment).getSpec().getReplicas()));
  }

  /** Whether the autoscaler could read the scale subresource and write it. */
  private String able(String autoscaler) {
    return scene.get(HorizontalPodAutoscaler.class, autoscaler).getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("AbleToScale"))
        .findFirst()
        .orElseThrow()
        .getStatus();
  }

  /** A spec is its owner's: the operator writes statuses. */
  private List<String> specsWrittenSince(AuditLog.Mark mark) {
    return scene.writesSince(mark).stream()
        .map(each -> each.resource() + " " + each.name())
        .filter(each -> each.startsWith("kubewsgi.dev/") && !each.contains("/status "))
        .toList();
  }
}
