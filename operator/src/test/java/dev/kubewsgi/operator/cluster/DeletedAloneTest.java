package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One object of the operator's is deleted, and nothing else happens. */
@ApiServer
class DeletedAloneTest {

  private static final Duration OFTEN = Duration.ofSeconds(1);

  private static final List<Class<? extends HasMetadata>> OF_BOTH =
      List.of(
          Deployment.class,
          Role.class,
          RoleBinding.class,
          NetworkPolicy.class,
          PodDisruptionBudget.class,
          Service.class,
          ConfigMap.class);

  private static Scene settled(Scene scene) {
    scene.apply(Scene.GATEWAY);
    scene.apply(Scene.group(1));
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    return scene;
  }

  @Test
  void eachOfAGatewayIsMadeAgain(Cluster cluster, TestNamespace namespace) {
    try (Scene scene = settled(new Scene(cluster, namespace))) {
      OF_BOTH.forEach(kind -> deleteAlone(scene, kind, "main-gateway"));
      deleteAlone(scene, ServiceAccount.class, "main-gateway");
      deleteAlone(scene, ConfigMap.class, "main-gateway-routes-1-0");
      deleteAlone(scene, ConfigMap.class, "main-gateway-status");
    }
  }

  @Test
  void eachOfAGroupIsMadeAgain(Cluster cluster, TestNamespace namespace) {
    try (Scene scene = settled(new Scene(cluster, namespace))) {
      OF_BOTH.forEach(kind -> deleteAlone(scene, kind, "site1-group"));
    }
  }

  @Test
  void theSecretOfAGroupWhichNothingTellsOfIsMadeAgainToo(
      Cluster cluster, TestNamespace namespace) {
    try (Scene scene = settled(Scene.lookingAtSecrets(OFTEN, cluster, namespace))) {
      deleteAlone(scene, Secret.class, "site1-group");
      scene.awaitQuiet();
    }
  }

  private static void deleteAlone(Scene scene, Class<? extends HasMetadata> kind, String name) {
    String before = scene.get(kind, name).getMetadata().getUid();
    scene.delete(kind, name);
    scene.eventually(
        () -> {
          HasMetadata after = scene.get(kind, name);
          assertTrue(after != null, kind.getSimpleName() + " " + name);
          assertNotEquals(before, after.getMetadata().getUid(), "it is another one");
        });
  }
}
