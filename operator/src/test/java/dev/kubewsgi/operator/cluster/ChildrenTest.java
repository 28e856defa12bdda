package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the objects that the operator makes. */
@ApiServer
class ChildrenTest {

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void theQuickstartBecomesItsObjectsAndThenNothingIsWritten() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../examples/quickstart"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        scene.apply(Files.readString(file));
      }
    }
    scene.awaitCondition(ScriptAlias.class, "hello", "Programmed", "Programmed");
    scene.awaitCondition(ScriptAlias.class, "counter", "Programmed", "Programmed");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    for (var kind :
        List.of(
            ConfigMap.class,
            Secret.class,
            Role.class,
            RoleBinding.class,
            NetworkPolicy.class,
            PodDisruptionBudget.class,
            Service.class,
            Deployment.class)) {
      assertTrue(scene.get(kind, "site1-group") != null, kind::getSimpleName);
    }
    assertTrue(scene.get(ServiceAccount.class, "main-gateway") != null);
    assertTrue(scene.get(ConfigMap.class, "main-gateway-routes-1-0") != null);
    scene.awaitQuiet();
  }
}
