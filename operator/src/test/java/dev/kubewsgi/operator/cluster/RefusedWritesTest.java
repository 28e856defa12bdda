package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An object cannot be written for as long as something in the cluster stands in the way. */
@ApiServer
class RefusedWritesTest {

  /** What an attempt may ask, with all that it reads. */
  private static final int REQUESTS = 20;

  private static final String QUOTA =
      """
      apiVersion: v1
      kind: ResourceQuota
      metadata: {name: services}
      spec: {hard: {count/services: '1'}}
      """;

  private static final String THEIRS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: site1-group}
      data: {theirs: precious}
      """;

  private static final String FREEZE =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: %1$s}
      spec:
        matchConstraints:
          resourceRules:
          - apiGroups: ['']
            apiVersions: [v1]
            operations: [CREATE, UPDATE]
            resources: [configmaps]
            resourceNames: [site1-group]
        validations: [{expression: 'false', message: configuration is frozen over the holidays}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: %1$s}
      spec:
        policyName: %1$s
        validationActions: [Deny]
        matchResources:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
      """;

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.awaitCondition(WsgiGateway.class, "main", "Programmed", "Programmed");
  }

  @AfterEach
  void end() {
    scene.close();
    thaw();
  }

  @Test
  void aUsedUpQuotaIsToldInItsWordsAndOvercomeWhenItGoes() {
    scene.apply(QUOTA);
    scene.eventually(() -> assertEquals("1", servicesCounted()));
    scene.apply(Scene.group(1));
    scene.apply(Scene.alias("shop"));

    Condition group = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Refused");
    assertTrue(
        group.getMessage().startsWith("Service site1-group: ")
            && group.getMessage().contains("exceeded quota: services"),
        group::getMessage);
    assertTrue(scene.get(Deployment.class, "site1-group") != null, "others are made");
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    assertOnlyAttempts("services");

    scene.delete(ResourceQuota.class, "services");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertTrue(scene.get(Service.class, "site1-group") != null);
  }

  private String servicesCounted() {
    String used = "jsonpath={.status.used['count/services']}";
    return scene.kubectl("get", "resourcequota", "services", "-o", used).stdout();
  }

  @Test
  void aPolicyThatFreezesAGroupsDocumentIsToldOfByItsAliasesAndByNoOthers() {
    scene.apply(Scene.group(1));
    scene.apply(Scene.group(1).replace("site1", "site2"));
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    freeze();
    scene.apply(Scene.alias("blog"));
    scene.apply(Scene.alias("wiki").replace("site1", "site2"));

    Condition group = scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Refused");
    assertTellsOfTheFreeze(group);
    Condition blog =
        scene.awaitCondition(ScriptAlias.class, "blog", "Programmed", "GroupNotProgrammed");
    assertTellsOfTheFreeze(blog);
    scene.awaitCondition(ScriptAlias.class, "wiki", "Programmed", "Programmed");
    assertTrue(document().contains("shop") && !document().contains("blog"), "it stands as it was");
    assertOnlyAttempts("configmaps");

    thaw();
    scene.awaitCondition(ScriptAlias.class, "blog", "Programmed", "Programmed");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertTrue(document().contains("blog"));
  }

  private String document() {
    return scene.get(ConfigMap.class, "site1-group").getData().get("group.json");
  }

  private static void assertTellsOfTheFreeze(Condition condition) {
    assertTrue(
        condition.getMessage().contains("ConfigMap site1-group: ")
            && condition.getMessage().contains("configuration is frozen over the holidays"),
        condition::getMessage);
  }

  @Test
  void somebodyElsesObjectIsOnlyLookedAtAgain() {
    scene.apply(THEIRS);
    scene.apply(Scene.group(1));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "NotOwned");
    scene.awaitQuiet();
    AuditLog.Mark mark = scene.mark();
    scene.eventually(() -> assertFalse(scene.requestsSince(mark).isEmpty(), "it is tried again"));
    assertEquals(List.of(), scene.writesSince(mark));
    assertFew(mark);
  }

  /** After a pause it is tried again, and nothing else is written. */
  private void assertOnlyAttempts(String resource) {
    scene.awaitQuiet();
    AuditLog.Mark mark = scene.mark();
    scene.eventually(() -> assertFalse(scene.writesSince(mark).isEmpty(), "it is tried again"));
    List<String> writes =
        scene.writesSince(mark).stream().map(each -> each.resource() + " " + each.name()).toList();
    assertEquals(List.of(resource + " site1-group"), writes);
    assertFew(mark);
  }

  private void assertFew(AuditLog.Mark mark) {
    int requests = scene.requestsSince(mark).size();
    assertTrue(requests <= REQUESTS, () -> requests + " requests for an attempt");
  }

  /** Returns when the API server has taken it in. */
  private void freeze() {
    scene.client().load(stream(FREEZE.formatted(scene.namespace()))).serverSideApply();
    ConfigMap like =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(scene.namespace())
            .withName("site1-group")
            .endMetadata()
            .build();
    scene.eventually(
        () ->
            assertThrows(
                KubernetesClientException.class,
                () -> scene.client().resource(like).dryRun().forceConflicts().serverSideApply()));
  }

  private void thaw() {
    String name = scene.namespace();
    scene.client().resources(ValidatingAdmissionPolicyBinding.class).withName(name).delete();
    scene.client().resources(ValidatingAdmissionPolicy.class).withName(name).delete();
  }

  private static ByteArrayInputStream stream(String manifests) {
    return new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8));
  }
}
