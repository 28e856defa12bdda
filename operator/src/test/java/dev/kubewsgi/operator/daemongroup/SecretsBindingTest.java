package dev.kubewsgi.operator.daemongroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.Samples;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SecretsBindingTest {

  @Test
  void anotherReleaseMakesAnotherBinding() {
    RoleBinding before = binding("kube-wsgi-secrets");
    RoleBinding after = binding("other-kube-wsgi-secrets");
    assertEquals("other-kube-wsgi-secrets", after.getRoleRef().getName());
    assertNotEquals(before.getMetadata().getName(), after.getMetadata().getName());
  }

  private static RoleBinding binding(String role) {
    OperatorConfig like = Samples.CONFIG;
    return SecretsBinding.of(
        Manifests.group("{}"),
        new TreeMap<>(Map.of("site1", "uid-1")),
        new OperatorConfig(like.images(), like.namespaces(), role, like.account()));
  }
}
