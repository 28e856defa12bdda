package dev.kubewsgi.operator.world;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may not be looked at, or cannot be looked at now, keeps nothing else from being seen. */
@ApiServer
class ReadingWithoutRightsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SOON = Duration.ofMillis(50);

  private final AtomicInteger again = new AtomicInteger();
  private final Forbidden forbidden = new Forbidden(SOON, again::incrementAndGet);
  private Cluster cluster;
  private TestNamespace namespace;

  @BeforeEach
  void makeAnAccountAndTwoConfigMaps(Cluster cluster, TestNamespace namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
    cluster
        .client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace.name())
                .withName("reader")
                .endMetadata()
                .build())
        .create();
    for (String name : Set.of("one", "other")) {
      cluster
          .client()
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace.name())
                  .withName(name)
                  .endMetadata()
                  .build())
          .create();
    }
  }

  private Set<String> both() {
    return Set.of(namespace.name() + "/one", namespace.name() + "/other");
  }

  @Test
  void severalThatCouldNotBeWatchedTogetherAreWatchedTheNextTime() {
    allowEverythingHere();
    try (KubernetesClient reader = cluster.clientOf(namespace.name(), "reader")) {
      var token = new AtomicReference<>("of nobody");
      Config config =
          new ConfigBuilder(reader.getConfiguration())
              .withOauthToken(null)
              .withOauthTokenProvider(token::get)
              .build();
      try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
          var maps = Named.configMaps(client, () -> {}, forbidden)) {
        assertThrows(CompletionException.class, () -> maps.follow(both()));
        assertEquals(Set.of(), maps.all().keySet());
        token.set(reader.getConfiguration().getOauthToken());
        maps.follow(both());
        assertEquals(both(), maps.all().keySet());
      }
    }
  }

  @Test
  void aConfigMapIsReadOnceItMayBe() {
    try (KubernetesClient client = cluster.clientOf(namespace.name(), "reader");
        var maps = Named.configMaps(client, () -> {}, forbidden)) {
      maps.follow(both());
      assertEquals(Set.of(), maps.all().keySet());
      await().atMost(PATIENCE).until(again::get, times -> times > 0);
      allowEverythingHere();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                maps.follow(both());
                return maps.all().keySet();
              },
              both()::equals);
    }
  }

  @Test
  void aVolumeIsMissingOnlyOnceItMayBeLookedFor() {
    try (KubernetesClient client = cluster.clientOf(namespace.name(), "reader");
        var volumes = Named.volumes(client, () -> {}, forbidden)) {
      volumes.follow(both());
      assertEquals(Set.of(), volumes.missing());
      allowEverythingHere();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                volumes.follow(both());
                return volumes.missing();
              },
              both()::equals);
    }
  }

  @Test
  void labelsOfNamespacesAreReadOnceTheyMayBe() {
    try (KubernetesClient client = cluster.clientOf(namespace.name(), "reader");
        var labels = new NamespaceLabels(client, () -> {}, forbidden)) {
      labels.follow();
      assertEquals(Set.of(), labels.all().keySet());
      await().atMost(PATIENCE).until(again::get, times -> times > 0);
      allowEverythingEverywhere();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                labels.follow();
                return labels.all().get(namespace.name());
              },
              found ->
                  found != null
                      && namespace.name().equals(found.get("kubernetes.io/metadata.name")));
    } finally {
      cluster.client().rbac().clusterRoleBindings().withName(namespace.name()).delete();
    }
  }

  private void allowEverythingHere() {
    cluster
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace.name())
                .withName("reader")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject(null, "ServiceAccount", "reader", namespace.name())
                .build())
        .create();
  }

  private void allowEverythingEverywhere() {
    cluster
        .client()
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(namespace.name())
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject(null, "ServiceAccount", "reader", namespace.name())
                .build())
        .create();
  }
}
