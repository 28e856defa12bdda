package dev.kubewsgi.operator.daemongroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.Samples;
import dev.kubewsgi.operator.pods.PodSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonGroupModelTest {

  /** The Deployment after what its pods mount; last, rights that the operator may have just got. */
  @Test
  void makesAllButTheSecret() {
    assertEquals(
        List.of(
            "ConfigMap",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Service",
            "Deployment",
            "Role",
            "RoleBinding"),
        kinds(Samples.group("{}")));
  }

  @Test
  void belongsToTheGroup() {
    for (HasMetadata object : Samples.group("{}")) {
      assertEquals("site1-group", object.getMetadata().getName());
      assertEquals("web", object.getMetadata().getNamespace());
      assertEquals(Names.groupLabels("site1"), object.getMetadata().getLabels());
      var owner = object.getMetadata().getOwnerReferences().getFirst();
      assertEquals("DaemonGroup/site1", owner.getKind() + "/" + owner.getName());
      assertEquals(true, owner.getController());
    }
  }

  @Test
  void endsTheOldPodFirstWhereBackgroundCodeRunsAndTheNewOneFirstElsewhere() {
    String service = "{threads: 0, preload: [{module: jobs}]}";
    assertEquals("Recreate", strategy(service).getType());
    assertNull(strategy(service).getRollingUpdate());
    assertEquals("RollingUpdate", strategy("{}").getType());
    assertEquals(template("{}"), template(service));
  }

  private static DeploymentStrategy strategy(String spec) {
    return Samples.deployment(Samples.group(spec)).getSpec().getStrategy();
  }

  /** What a running supervisor takes over from the document. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "processes: 4",
        "threads: 1",
        "queue: {maxLength: 1}",
        "python: {path: [/srv]}",
        "preload: [{module: warm}]",
        "workingDir: shop",
        "replicas: 9",
        "startupTimeout: 20s",
        "aliases: {namespaces: {from: All}}",
        "secretRotatedAt: '2026-01-31T10:00:00Z'"
      })
  void keepsItsPodsWhenOnlyTheDocumentChanges(String spec) {
    assertEquals(template("{}"), template(spec));
  }

  @Test
  void keepsItsPodsWhenTheDocumentOrTheGatewaysChange() {
    var group = Manifests.group("{}");
    var one = new GroupInputs("{\"sequence\": 1}", new TreeSet<>(), List.of());
    var two = new GroupInputs("{\"sequence\": 2}", new TreeSet<>(Set.of("a/b")), List.of());
    assertEquals(
        Samples.deployment(DaemonGroupModel.objects(group, one, Samples.CONFIG)),
        Samples.deployment(DaemonGroupModel.objects(group, two, Samples.CONFIG)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: registry.example.com/site:2",
        "env: [{name: A, value: a}]",
        "securityContext: {runAsUser: 1, runAsGroup: 1}",
        "gracefulTimeout: 20s",
        "resources: {limits: {cpu: 1}}",
        "restartedAt: '2026-01-31T10:00:00Z'",
        "displayName: shop",
        "podTemplate: {spec: {nodeName: one}}"
      })
  void replacesItsPodsForWhatASupervisorCannotTakeOver(String spec) {
    assertNotEquals(template("{}"), template(spec));
  }

  @ParameterizedTest
  @CsvSource({"15s, 5s, 30", "30s, 2500ms, 43", "0s, 0s, 10", "1h, 1ms, 3611"})
  void letsPodsEndInTheirTime(String graceful, String shutdown, long seconds) {
    PodTemplateSpec template =
        template("gracefulTimeout: %s\nshutdownTimeout: %s".formatted(graceful, shutdown));
    assertEquals(seconds, template.getSpec().getTerminationGracePeriodSeconds());
  }

  @Test
  void letsNobodyInBesidesProbesWithoutGateways() {
    var objects = Samples.objects(Manifests.group("{}"), List.of(), List.of());
    assertEquals(Set.of(9001), ports(Samples.only(objects, NetworkPolicy.class)));
    assertEquals(List.of(), Samples.only(objects, RoleBinding.class).getSubjects());
  }

  @Test
  void givesGatewaysItsOwnSecretAlone() {
    var secrets =
        Samples.only(Samples.group("{}"), Role.class).getRules().stream()
            .filter(rule -> rule.getResources().contains("secrets"))
            .toList();
    assertEquals(1, secrets.size());
    assertEquals(List.of("site1-group"), secrets.getFirst().getResourceNames());
    assertEquals(List.of("get"), secrets.getFirst().getVerbs());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 100})
  void neverHoldsUpADrainForEver(int replicas) {
    var budget =
        Samples.only(Samples.group("replicas: " + replicas), PodDisruptionBudget.class).getSpec();
    assertEquals("25%", budget.getMaxUnavailable().getStrVal());
    assertEquals("AlwaysAllow", budget.getUnhealthyPodEvictionPolicy());
  }

  @Test
  void runsWhatImagesItIsGiven() {
    var pod = template("image: registry.example.com/site:2").getSpec();
    assertEquals(
        List.of("registry.example.com/kube-wsgi/worker:0.1", "registry.example.com/site:2"),
        List.of(
            pod.getInitContainers().getFirst().getImage(),
            pod.getContainers().getFirst().getImage()));
    assertEquals(
        "registry.example.com/kube-wsgi/python:0.1",
        template("{}").getSpec().getContainers().getFirst().getImage());
  }

  /** A pod starts sooner without a container that copies what is there. */
  @Test
  void bringsNoWorkerIntoAnImageThatHasIt() {
    var pod = template("image: registry.example.com/kube-wsgi/worker:0.1").getSpec();
    assertEquals(List.of(), pod.getInitContainers());
    assertFalse(pod.getVolumes().stream().anyMatch(volume -> volume.getName().equals("worker")));
    assertFalse(
        pod.getContainers().getFirst().getVolumeMounts().stream()
            .anyMatch(mount -> mount.getMountPath().equals("/opt/kube-wsgi")));
  }

  @Test
  void bringsTheWorkerWhereAnOverlayMayHaveChangedTheImage() {
    var pod =
        template(
                """
                image: registry.example.com/kube-wsgi/worker:0.1
                podTemplate: {spec: {containers: [{name: workers, image: python:3.12}]}}""")
            .getSpec();
    assertEquals("python:3.12", pod.getContainers().getFirst().getImage());
    assertEquals("worker", pod.getInitContainers().getFirst().getName());
  }

  /** A namespace with a quota refuses a pod with a container that has none. */
  @Test
  void givesEveryContainerItsResources() {
    PodSource source =
        new PodSource(
            "web",
            "a",
            Manifests.alias("a", "{script: a, source: {image: {reference: a}}}")
                .getSpec()
                .source());
    var pod =
        Samples.deployment(Samples.group("resources: {limits: {cpu: 1}}", source))
            .getSpec()
            .getTemplate()
            .getSpec();
    for (Container container : pod.getInitContainers()) {
      assertEquals(
          pod.getContainers().getFirst().getResources(),
          container.getResources(),
          container.getName());
    }
  }

  @Test
  void variablesOfTheGroupStandInForOurs() {
    Map<String, String> env =
        template("env: [{name: LANG, value: de_DE.UTF-8}]")
            .getSpec()
            .getContainers()
            .getFirst()
            .getEnv()
            .stream()
            .collect(Collectors.toMap(one -> one.getName(), one -> one.getValue()));
    assertEquals(Map.of("LANG", "de_DE.UTF-8", "PYTHONUTF8", "1", "PYTHONUNBUFFERED", "1"), env);
  }

  @Test
  void leavesTheDeploymentAsItIsWhileAnOverlayCannotBeApplied() {
    String spec = "podTemplate: {spec: {containers: [{name: workers, command: [sh]}]}}";
    assertEquals(1, DaemonGroupModel.findings(Manifests.group(spec)).size());
    assertEquals(
        kinds(Samples.group("{}")).stream().filter(kind -> !kind.equals("Deployment")).toList(),
        kinds(Samples.group(spec)));
  }

  @Test
  void neverWritesWhatKubectlRolloutRestartDoes() {
    Deployment deployment =
        Samples.deployment(Samples.group("restartedAt: '2026-01-31T10:00:00Z'"));
    assertEquals(
        Map.of(
            "kubewsgi.dev/display-name", "(wsgi:site1)",
            "kubewsgi.dev/restarted-at", "2026-01-31T10:00:00Z"),
        deployment.getSpec().getTemplate().getMetadata().getAnnotations());
  }

  private static PodTemplateSpec template(String spec) {
    return Samples.deployment(Samples.group(spec)).getSpec().getTemplate();
  }

  private static List<String> kinds(List<HasMetadata> objects) {
    return objects.stream().map(HasMetadata::getKind).toList();
  }

  private static Set<Integer> ports(NetworkPolicy policy) {
    return policy.getSpec().getIngress().stream()
        .flatMap(rule -> rule.getPorts().stream())
        .map(port -> port.getPort().getIntVal())
        .collect(Collectors.toSet());
  }
}
