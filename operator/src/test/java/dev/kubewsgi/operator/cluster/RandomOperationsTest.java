package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.AuditedRequest;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done in whatever order, the end is the state that a compilation from nothing gives:
 * an operator that knows only what is there now finds nothing to write.
 */
@ApiServer
class RandomOperationsTest {

  private static final int OPERATIONS = 200;
  private static final int NOT_FOUND = 404;
  private static final List<String> HOSTS =
      List.of("a.example.com", "b.example.com", "c.example.com", "\"*.example.com\"");

  private final long seed = Long.getLong("kubewsgi.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Scene scene;

  @Test
  void theEndDoesNotDependOnTheWay(Cluster cluster, TestNamespace namespace) {
    System.err.println("random operations: -Dkubewsgi.seed=" + seed);
    try (var begun = new Scene(cluster, namespace)) {
      scene = begun;
      for (int i = 0; i < OPERATIONS; i++) {
        operate();
      }
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.apply(Scene.alias("shop"));
      scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
      scene.eventually(this::assertEverythingIsAboutTheNewestSpec);
      scene.awaitQuiet();

      scene.stopOperator();
      Map<String, String> before = state();
      AuditLog.Mark mark = scene.mark();
      scene.startOperator();
      scene.apply(Scene.alias("later"));
      scene.awaitCondition(ScriptAlias.class, "later", "Programmed", "Programmed");
      scene.eventually(() -> assertEveryGroupWasLookedAt(mark));
      scene.awaitQuiet();
      assertEquals(
          Scene.WRITTEN_FOR_LATER,
          scene.writtenSince(mark),
          () -> "before: " + changed(before, state()) + "after: " + changed(state(), before));
    }
  }

  /** What can differ, for whoever has to find out why it did. */
  private Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    Stream.of(WsgiGateway.class, DaemonGroup.class, ScriptAlias.class, ConfigMap.class)
        .flatMap(kind -> list(kind).stream())
        .forEach(
            each ->
                state.put(
                    each.getKind() + "/" + each.getMetadata().getName(),
                    Serialization.asYaml(each)));
    return state;
  }

  private static Map<String, String> changed(Map<String, String> one, Map<String, String> other) {
    Map<String, String> changed = new TreeMap<>(one);
    changed.entrySet().removeAll(other.entrySet());
    return changed;
  }

  private void operate() {
    switch (random.nextInt(20)) {
      case 0, 1 -> scene.apply(gateway());
      case 2, 3, 4 -> scene.apply(group());
      case 5, 6, 7, 8, 9, 10, 11 -> scene.apply(alias());
      case 12, 13 -> scene.delete(ScriptAlias.class, name("alias", 8));
      case 14 -> scene.delete(DaemonGroup.class, name("group", 3));
      case 15 -> scene.delete(WsgiGateway.class, name("gateway", 2));
      case 16 -> scene.delete(Deployment.class, name("group", 3) + "-group");
      case 17 -> scene.delete(ConfigMap.class, name("gateway", 2) + "-gateway");
      case 18 ->
          edit(Service.class, name("group", 3) + "-group", "{\"metadata\": {\"labels\": null}}");
      default ->
          edit(
              ConfigMap.class, name("group", 3) + "-group", "{\"data\": {\"group.json\": \"{}\"}}");
    }
  }

  private void edit(Class<? extends HasMetadata> kind, String name, String merge) {
    try {
      scene.patch(kind, name, merge);
    } catch (KubernetesClientException e) {
      assertEquals(NOT_FOUND, e.getCode(), e::getMessage);
    }
  }

  private String name(String prefix, int count) {
    return prefix + random.nextInt(count);
  }

  private String gateway() {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: WsgiGateway
    metadata: {name: %s}
    spec:
      embedded: {enabled: %s}
      listeners: [{name: http, port: %d}]
    """
        .formatted(name("gateway", 2), random.nextBoolean(), 8080 + random.nextInt(3));
  }

  private String group() {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: DaemonGroup
    metadata: {name: %s}
    spec: {replicas: %d, threads: %d}
    """
        .formatted(name("group", 3), random.nextInt(3), 1 + random.nextInt(9));
  }

  private String alias() {
    List<String> hosts = HOSTS.stream().filter(host -> random.nextBoolean()).toList();
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: ScriptAlias
    metadata: {name: %s}
    spec:
      gateway: %s
      hosts: %s
      path: /%d
      script: app.py
      processGroup: %s
      source: {inline: {app.py: "# %d"}}
    """
        .formatted(
            name("alias", 8),
            name("gateway", 2),
            hosts.isEmpty() ? "[a.example.com]" : hosts,
            random.nextInt(3),
            random.nextInt(3) == 0 ? "'%{GLOBAL}'" : name("group", 3),
            random.nextInt(5));
  }

  private void assertEverythingIsAboutTheNewestSpec() {
    list(ScriptAlias.class)
        .forEach(
            each ->
                assertNewest(
                    each, each.getStatus() == null ? null : each.getStatus().observedGeneration()));
    list(DaemonGroup.class)
        .forEach(
            each ->
                assertNewest(
                    each, each.getStatus() == null ? null : each.getStatus().observedGeneration()));
    list(WsgiGateway.class)
        .forEach(
            each ->
                assertNewest(
                    each, each.getStatus() == null ? null : each.getStatus().observedGeneration()));
  }

  private static void assertNewest(HasMetadata object, Long observed) {
    assertTrue(
        Objects.equals(object.getMetadata().getGeneration(), observed),
        () -> object.getKind() + " " + object.getMetadata().getName() + " has an old status");
  }

  private void assertEveryGroupWasLookedAt(AuditLog.Mark mark) {
    List<String> asked =
        scene.requestsSince(mark).stream()
            .filter(each -> each.resource().equals("secrets"))
            .map(AuditedRequest::name)
            .toList();
    list(DaemonGroup.class)
        .forEach(each -> assertTrue(asked.contains(each.getMetadata().getName() + "-group")));
  }

  private <T extends HasMetadata> List<T> list(Class<T> kind) {
    return scene.client().resources(kind).inNamespace(scene.namespace()).list().getItems();
  }
}
