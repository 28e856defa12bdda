package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Every name is as long as its definition admits. */
@ApiServer
@Isolated("its operator works in all namespaces")
class LongestNamesTest {

  private static final String WORKLOAD = "w".repeat(52);
  private static final String LABEL = "l".repeat(63);
  private static final String OBJECT = "o".repeat(253);
  private static final String HOST =
      String.join(".", LABEL, LABEL, LABEL, "h".repeat(253 - 3 * (63 + 1)));

  private TestNamespace namespace;
  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster) {
    namespace = TestNamespace.ofLongestName(cluster);
    scene = Scene.ofAll(cluster, namespace);
  }

  @AfterEach
  void end() {
    scene.close();
    namespace.close();
  }

  @Test
  void everythingIsMadeOfThemAndStarts() {
    String own = namespace.name() + "/" + WORKLOAD;
    alias(OBJECT, own, "inline: {app.py: ''}");
    volume();
    alias("v".repeat(253), own, "persistentVolumeClaim: {claimName: %s}".formatted(OBJECT));
    alias(
        "g".repeat(253),
        own,
        "git: {repository: 'https://example.com/a', secretName: " + OBJECT + "}");
    alias("i".repeat(253), own, "image: {reference: 'registry.example.com/a:1'}");
    alias("e".repeat(253), "'%{GLOBAL}'", "image: {reference: 'registry.example.com/a:1'}");
    workloads();
    for (String letter : List.of("o", "v", "g", "i", "e")) {
      scene.awaitCondition(ScriptAlias.class, letter.repeat(253), "Programmed", "Programmed");
    }
    scene.awaitCondition(DaemonGroup.class, WORKLOAD, "Programmed", "Programmed");
    scene.awaitCondition(WsgiGateway.class, WORKLOAD, "Programmed", "Programmed");
    assertMade(
        Names.group(WORKLOAD),
        List.of(
            Deployment.class,
            Service.class,
            ConfigMap.class,
            Secret.class,
            PodDisruptionBudget.class,
            NetworkPolicy.class,
            Role.class,
            RoleBinding.class));
    assertMade(
        Names.gateway(WORKLOAD),
        List.of(
            Deployment.class,
            Service.class,
            ConfigMap.class,
            ServiceAccount.class,
            PodDisruptionBudget.class,
            NetworkPolicy.class,
            Role.class,
            RoleBinding.class));
    becomeReady(Names.GROUP);
    becomeReady(Names.GATEWAY);
    scene.awaitCondition(DaemonGroup.class, WORKLOAD, "Ready", "Ready");
    scene.awaitCondition(WsgiGateway.class, WORKLOAD, "Ready", "Ready");
    scene.eventually(() -> assertTrue(hasEvent(OBJECT), "an alias's event"));
  }

  private void alias(String name, String group, String source) {
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %s}
        spec:
          gateway: %s/%s
          processGroup: %s
          hosts: [%s]
          path: /%s
          script: app.py
          source: {%s}
        """
            .formatted(
                name,
                namespace.name(),
                WORKLOAD,
                group,
                HOST,
                name.substring(0, 1).repeat(1023),
                source));
  }

  private void volume() {
    scene.apply(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: %s}
        spec: {accessModes: [ReadOnlyMany], resources: {requests: {storage: 1Mi}}}
        """
            .formatted(OBJECT));
  }

  private void workloads() {
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: %1$s}
        spec:
          embedded: {enabled: true}
          listeners:
          - {name: %2$s, port: 8080}
          - {name: m%3$s, port: 8443, tls: {secretName: %4$s}}
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {name: %1$s}
        spec: {displayName: '%5$s'}
        """
            .formatted(WORKLOAD, LABEL, LABEL.substring(1), OBJECT, "d".repeat(64)));
  }

  private void assertMade(String name, List<Class<? extends HasMetadata>> kinds) {
    for (var kind : kinds) {
      HasMetadata made = scene.get(kind, name);
      assertTrue(made != null, kind::getSimpleName);
      assertEquals(WORKLOAD, made.getMetadata().getLabels().get(Names.INSTANCE));
    }
  }

  private void becomeReady(String component) {
    Pod pod = namespace.kubelet().awaitPods(Names.COMPONENT, component, 1).getFirst();
    assertEquals(WORKLOAD, pod.getMetadata().getLabels().get(Names.INSTANCE));
    namespace.kubelet().ready(pod);
  }

  private boolean hasEvent(String about) {
    return scene.client().v1().events().inNamespace(namespace.name()).list().getItems().stream()
        .anyMatch(event -> event.getInvolvedObject().getName().equals(about));
  }
}
