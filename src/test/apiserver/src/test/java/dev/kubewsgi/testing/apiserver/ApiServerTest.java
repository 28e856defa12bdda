package dev.kubewsgi.testing.apiserver;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What tests of other modules take for granted. */
@ApiServer
class ApiServerTest {

  private final Cluster cluster;
  private final KubernetesClient client;

  ApiServerTest(Cluster cluster, KubernetesClient client) {
    this.cluster = cluster;
    this.client = client;
  }

  @Test
  void kindsAreDefinedAndSpecsAreChecked(TestNamespace namespace) {
    client.resource(daemonGroup(namespace, "threads: 3")).create();
    assertThrows(
        KubernetesClientException.class,
        () -> client.resource(daemonGroup(namespace, "threads: 0")).create());
    var got = cluster.kubectl("get", "daemongroups", "-n", namespace.name(), "-o", "name");
    assertEquals("daemongroup.kubewsgi.dev/site1", got.orFail().stdout());
  }

  @Test
  void definitionsComeBackAfterATestHasDeletedOne(TestNamespace namespace) {
    String name = CustomResource.getCRDName(DaemonGroup.class);
    client.apiextensions().v1().customResourceDefinitions().withName(name).delete();
    await()
        .until(
            () ->
                client.apiextensions().v1().customResourceDefinitions().withName(name).get()
                    == null);
    cluster.crds();
    client.resource(daemonGroup(namespace, "threads: 3")).create();
  }

  @Test
  void anotherCommandLinesFailureIsAResult() {
    CommandResult failed = cluster.kubectl("get", "no-such-kind");
    assertNotEquals(0, failed.exitCode());
    assertTrue(failed.stderr().contains("no-such-kind"), failed::toString);
    assertThrows(AssertionError.class, failed::orFail);
  }

  @Test
  void aDefinitionWhoseConditionsAreNullIsNotEstablishedYet() {
    var definition =
        Serialization.unmarshal(
            """
            {"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1",
             "status": {"conditions": null, "storedVersions": ["v1"]}}
            """,
            CustomResourceDefinition.class);
    assertFalse(Cluster.isEstablished(definition));
  }

  @Test
  void controllersMakePodsOfADeploymentAndSeeWhenTheyAreReady(TestNamespace namespace) {
    Deployment deployment = client.resource(deployment(namespace)).create();
    Kubelet kubelet = namespace.kubelet();
    kubelet.awaitPods("app", "x", 2).forEach(kubelet::ready);
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    2, client.resource(deployment).get().getStatus().getAvailableReplicas()));
  }

  @Test
  void podsTellWhyTheyDoNotRun(TestNamespace namespace) {
    client.resource(deployment(namespace)).create();
    Kubelet kubelet = namespace.kubelet();
    Pod pod = kubelet.awaitPods("app", "x", 2).getFirst();
    assertEquals(
        "Unschedulable",
        kubelet
            .unschedulable(pod, "0/3 nodes are available")
            .getStatus()
            .getConditions()
            .getFirst()
            .getReason());
    assertEquals(
        "no module named site",
        kubelet
            .crashLooping(pod, 3, "no module named site")
            .getStatus()
            .getContainerStatuses()
            .getFirst()
            .getLastState()
            .getTerminated()
            .getMessage());
    assertEquals("CrashLoopBackOff", waitingFor(kubelet.outOfMemory(pod)));
    assertEquals("ImagePullBackOff", waitingFor(kubelet.imagePullBackOff(pod)));
    assertEquals("Running", kubelet.notReady(pod).getStatus().getPhase());
  }

  private static String waitingFor(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst().getState().getWaiting().getReason();
  }

  @Test
  void whatAnOwnerLeavesIsCollected(TestNamespace namespace) {
    var owner = client.resource(daemonGroup(namespace, "threads: 3")).create();
    ConfigMap owned =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(namespace.name())
            .withName("owned")
            .addNewOwnerReference()
            .withApiVersion(owner.getApiVersion())
            .withKind(owner.getKind())
            .withName(owner.getMetadata().getName())
            .withUid(owner.getMetadata().getUid())
            .endOwnerReference()
            .endMetadata()
            .build();
    client.resource(owned).create();
    client.resource(owner).delete();
    await()
        .atMost(Duration.ofMinutes(1)) // garbage collection looks for new kinds twice a minute
        .until(() -> client.resource(owned).get() == null);
  }

  @Test
  void writesAndRefusalsOfAnAccountAreCounted(TestNamespace namespace) {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace.name())
                .withName("robot")
                .endMetadata()
                .build())
        .create();
    cluster
        .kubectl(
            "create",
            "role",
            "robot",
            "-n",
            namespace.name(),
            "--verb=create,get",
            "--resource=configmaps")
        .orFail();
    cluster
        .kubectl(
            "create",
            "rolebinding",
            "robot",
            "-n",
            namespace.name(),
            "--role=robot",
            "--serviceaccount=" + namespace + ":robot")
        .orFail();
    AuditLog log = cluster.auditLog();
    String user = "system:serviceaccount:" + namespace + ":robot";
    AuditLog.Mark before = log.mark();
    try (KubernetesClient robot = cluster.clientOf(namespace.name(), "robot")) {
      robot.configMaps().resource(configMap("a")).create();
      robot.configMaps().withName("a").get();
      robot.configMaps().resource(configMap("b")).dryRun().create();
      assertThrows(
          KubernetesClientException.class, () -> robot.configMaps().withName("a").delete());
      assertThrows(KubernetesClientException.class, () -> robot.secrets().list());
    }
    assertEquals(
        List.of("create configmaps a 201"),
        log.writesSince(before, user).stream()
            .map(
                each ->
                    each.verb() + " " + each.resource() + " " + each.name() + " " + each.status())
            .toList());
    assertEquals(
        List.of("delete configmaps", "list secrets"),
        log.refusalsSince(before, user).stream()
            .map(each -> each.verb() + " " + each.resource())
            .toList());
    assertEquals(List.of(), log.writesSince(log.mark(), user));
  }

  @Test
  void eachTestHasANamespaceOfItsOwnThatTakesRestrictedPodsOnly(TestNamespace namespace) {
    var refused =
        cluster.kubectl("run", "x", "--image=x", "--restart=Never", "-n", namespace.name());
    assertTrue(refused.stderr().contains("violates PodSecurity \"restricted"), refused::toString);
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private static GenericKubernetesResource daemonGroup(TestNamespace namespace, String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {name: site1, namespace: %s}
        spec: {%s}
        """
            .formatted(namespace, spec),
        GenericKubernetesResource.class);
  }

  private static Deployment deployment(TestNamespace namespace) {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: x, namespace: %s}
        spec:
          replicas: 2
          selector: {matchLabels: {app: x}}
          template:
            metadata: {labels: {app: x}}
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: x
                image: x
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """
            .formatted(namespace),
        Deployment.class);
  }
}
