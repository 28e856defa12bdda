package dev.kubewsgi.operator.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What only an operator of all namespaces does. */
@ApiServer
@Isolated("its operator works in all namespaces")
class ClusterWideTest {

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = Scene.ofAll(cluster, namespace);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void itBindsItselfToTheRoleForSecretsForAsLongAsThereAreGroups() {
    scene.apply(group("one"));
    scene.apply(group("two"));
    scene.awaitCondition(DaemonGroup.class, "one", "Programmed", "Programmed");
    scene.awaitCondition(DaemonGroup.class, "two", "Programmed", "Programmed");
    RoleBinding binding = scene.get(RoleBinding.class, RunningOperator.SECRETS_ROLE);
    assertEquals(2, binding.getMetadata().getOwnerReferences().size());
    assertEquals("operator", binding.getSubjects().getFirst().getName());

    scene.patch(RoleBinding.class, RunningOperator.SECRETS_ROLE, "{\"subjects\": []}");
    scene.eventually(
        () ->
            assertEquals(
                binding.getSubjects(),
                scene.get(RoleBinding.class, RunningOperator.SECRETS_ROLE).getSubjects()));

    scene.delete(RoleBinding.class, RunningOperator.SECRETS_ROLE);
    await().until(() -> scene.get(RoleBinding.class, RunningOperator.SECRETS_ROLE) != null);

    scene.delete(DaemonGroup.class, "one");
    scene.delete(DaemonGroup.class, "two");
    scene.eventually(() -> assertNull(scene.get(RoleBinding.class, RunningOperator.SECRETS_ROLE)));
  }

  @Test
  void aNamespacesLabelsOpenAGatewayToItsAliases() {
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: main}
        spec:
          embedded: {enabled: true}
          listeners: [{name: http, port: 8080}]
          aliases: {namespaces: {from: Selector, selector: {matchLabels: {tier: web}}}}
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: shop}
        spec: {script: shop.py}
        """);
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "NamespaceNotAccepted");
    scene
        .client()
        .namespaces()
        .withName(scene.namespace())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"labels\": {\"tier\": \"web\"}}}");
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
  }

  private static String group(String name) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: DaemonGroup
    metadata: {name: %s}
    spec: {}
    """
        .formatted(name);
  }
}
