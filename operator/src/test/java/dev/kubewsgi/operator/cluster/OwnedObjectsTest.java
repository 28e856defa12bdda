package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.routes.GroupDocuments;
import dev.kubewsgi.routes.UnreadableDocumentException;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the objects that the operator makes. */
@ApiServer
class OwnedObjectsTest {

  /** Of kinds that need more than a name. */
  private static final Map<Class<?>, String> LEAST =
      Map.of(
          RoleBinding.class,
          "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: theirs}",
          NetworkPolicy.class,
          "spec: {podSelector: {matchLabels: {theirs: precious}}}",
          PodDisruptionBudget.class,
          "spec: {minAvailable: 1, selector: {matchLabels: {theirs: precious}}}",
          Service.class,
          "spec: {ports: [{port: 80}]}",
          Deployment.class,
          """
          spec:
            replicas: 0
            selector: {matchLabels: {theirs: precious}}
            template:
              metadata: {labels: {theirs: precious}}
              spec: {containers: [{name: theirs, image: example.org/theirs}]}
          """);

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
    for (var kind : Scene.OF_A_GROUP) {
      assertTrue(scene.get(kind, "site1-group") != null, kind::getSimpleName);
    }
    assertTrue(scene.get(ServiceAccount.class, "main-gateway") != null);
    assertTrue(scene.get(ConfigMap.class, "main-gateway-routes-1-0") != null);
    scene.awaitQuiet();
  }

  @Test
  void handEditsArePutBack() {
    group("{replicas: 2}");
    scene.patch(Deployment.class, "site1-group", "{\"spec\": {\"replicas\": 7}}");
    scene.patch(
        Service.class,
        "site1-group",
        "{\"spec\": {\"publishNotReadyAddresses\": null}, \"metadata\": {\"labels\": null}}");
    scene.patch(ConfigMap.class, "main-gateway", "{\"data\": {\"index.json\": \"{}\"}}");
    scene.eventually(
        () -> {
          assertEquals(2, scene.get(Deployment.class, "site1-group").getSpec().getReplicas());
          var service = scene.get(Service.class, "site1-group");
          assertEquals(true, service.getSpec().getPublishNotReadyAddresses());
          assertEquals("kube-wsgi", service.getMetadata().getLabels().get(Names.MANAGED_BY));
          assertNotEquals("{}", index());
        });
  }

  private String index() {
    return scene.get(ConfigMap.class, "main-gateway").getData().get(Names.INDEX);
  }

  /** Edits by which rights, policies and routes would be others. */
  private static Stream<Arguments> edits() {
    String nobody = "{\"subjects\": []}";
    String nothing = "{\"rules\": []}";
    String anybody = "{\"spec\": {\"ingress\": [{}]}}";
    String everything = "{\"spec\": {\"maxUnavailable\": \"99%\"}}";
    String elsewhere = "{\"spec\": {\"selector\": {\"app.kubernetes.io/instance\": \"other\"}}}";
    return Stream.of(
        Arguments.of(Role.class, "site1-group", nothing),
        Arguments.of(RoleBinding.class, "site1-group", nobody),
        Arguments.of(NetworkPolicy.class, "site1-group", anybody),
        Arguments.of(PodDisruptionBudget.class, "site1-group", everything),
        Arguments.of(
            ConfigMap.class, "site1-group", "{\"data\": {\"group.json\": \"{}\", \"x\": null}}"),
        Arguments.of(Role.class, "main-gateway", nothing),
        Arguments.of(RoleBinding.class, "main-gateway", nobody),
        Arguments.of(NetworkPolicy.class, "main-gateway", anybody),
        Arguments.of(PodDisruptionBudget.class, "main-gateway", everything),
        Arguments.of(ServiceAccount.class, "main-gateway", "{\"metadata\": {\"labels\": null}}"),
        Arguments.of(
            Deployment.class,
            "main-gateway",
            "{\"spec\": {\"template\": {\"spec\": {\"securityContext\": null}}}}"),
        Arguments.of(
            ConfigMap.class, "main-gateway-routes-1-0", "{\"data\": {\"routes.json\": \"{}\"}}"),
        Arguments.of(Service.class, "main-gateway", elsewhere),
        Arguments.of(ConfigMap.class, "main-gateway-status", "{\"metadata\": {\"labels\": null}}"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("edits")
  void aHandEditOfAnyObjectIsPutBack(Class<? extends HasMetadata> kind, String name, String edit) {
    group("{}");
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    String before = content(kind, name);
    String version = scene.get(kind, name).getMetadata().getResourceVersion();
    scene.patch(kind, name, edit);
    scene.eventually(
        () -> {
          assertEquals(before, content(kind, name));
          assertNotEquals(version, scene.get(kind, name).getMetadata().getResourceVersion());
        });
  }

  /** All that somebody can write, but for numbers that only grow: of documents and templates. */
  private String content(Class<? extends HasMetadata> kind, String name) {
    ObjectNode object = Serialization.jsonMapper().valueToTree(scene.get(kind, name));
    object.remove("status");
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    metadata.retain("labels", "annotations", "ownerReferences", "name", "uid");
    if (metadata.get("annotations") instanceof ObjectNode annotations) {
      annotations.remove("deployment.kubernetes.io/revision");
    }
    return object.toString().replaceAll("\\\\\"sequence\\\\\":\\d+", "sequence");
  }

  @Test
  void whatOthersAddIsLeftToThem() {
    group("{}");
    scene.patch(
        Deployment.class,
        "site1-group",
        "{\"metadata\": {\"annotations\": {\"theirs\": \"yes\"}}}");
    scene.kubectl("rollout", "restart", "deployment", "site1-group");
    scene.apply(manifest("{threads: 3}"));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.awaitQuiet();
    Deployment deployment = scene.get(Deployment.class, "site1-group");
    assertEquals("yes", deployment.getMetadata().getAnnotations().get("theirs"));
    assertTrue(
        deployment
            .getSpec()
            .getTemplate()
            .getMetadata()
            .getAnnotations()
            .containsKey("kubectl.kubernetes.io/restartedAt"));
  }

  @Test
  void deletedObjectsAreMadeAgain() {
    group("{}");
    long sequence = sequence();
    Scene.OF_A_GROUP.forEach(kind -> scene.delete(kind, "site1-group"));
    scene.eventually(
        () ->
            Scene.OF_A_GROUP.forEach(
                kind -> assertTrue(scene.get(kind, "site1-group") != null, kind.getSimpleName())));
    // The same one, if the operator was just looking at it.
    assertTrue(sequence() >= sequence, "what was lost is not followed by an earlier document");
  }

  private long sequence() {
    try {
      return GroupDocuments.sequence(
          scene.get(ConfigMap.class, "site1-group").getData().get(Names.GROUP_DOCUMENT));
    } catch (UnreadableDocumentException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theDocumentsSequenceGrowsByOneWithEachOtherContent() {
    group("{}");
    long first = sequence();
    scene.apply(manifest("{threads: 4}"));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.apply(manifest("{replicas: 3}"));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertEquals(first + 2, sequence());
    scene.patch(
        DaemonGroup.class, "site1", "{\"spec\": {\"restartedAt\": \"2026-01-31T10:00:00Z\"}}");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertEquals(first + 2, sequence());
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConfigMap.class,
        Secret.class,
        Role.class,
        RoleBinding.class,
        NetworkPolicy.class,
        PodDisruptionBudget.class,
        Service.class,
        Deployment.class
      })
  void somebodyElsesObjectOfAGroupsNameIsNeverTouched(Class<? extends HasMetadata> kind) {
    HasMetadata theirs = theirs(kind, "site1-group");
    scene.apply(manifest("{}"));
    assertNeverTouched(theirs, DaemonGroup.class, "site1");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConfigMap.class,
        ServiceAccount.class,
        Role.class,
        RoleBinding.class,
        NetworkPolicy.class,
        PodDisruptionBudget.class,
        Service.class,
        Deployment.class
      })
  void somebodyElsesObjectOfAGatewaysNameIsNeverTouched(Class<? extends HasMetadata> kind) {
    HasMetadata theirs = theirs(kind, "other-gateway");
    scene.apply(Scene.GATEWAY.replace("name: main", "name: other"));
    assertNeverTouched(theirs, WsgiGateway.class, "other");
  }

  private HasMetadata theirs(Class<? extends HasMetadata> kind, String name) {
    scene.apply(
        """
        apiVersion: %s
        kind: %s
        metadata: {name: %s, annotations: {theirs: precious}}
        %s
        """
            .formatted(
                HasMetadata.getApiVersion(kind),
                kind.getSimpleName(),
                name,
                LEAST.getOrDefault(kind, "")));
    return scene.get(kind, name);
  }

  private void assertNeverTouched(
      HasMetadata theirs, Class<? extends CustomResource<?, ?>> owner, String name) {
    String own = theirs.getMetadata().getName();
    Condition condition = scene.awaitCondition(owner, name, "Programmed", "NotOwned");
    assertTrue(
        condition.getMessage().startsWith(theirs.getKind() + " " + own + ": "),
        condition::getMessage);
    HasMetadata now = scene.get(theirs.getClass(), own);
    assertEquals(theirs.getMetadata().getUid(), now.getMetadata().getUid());
    assertEquals(
        List.of(),
        now.getMetadata().getManagedFields().stream()
            .map(ManagedFieldsEntry::getManager)
            .filter(Names.MANAGER::equals)
            .toList());
    var another = theirs instanceof Deployment ? Service.class : Deployment.class;
    assertTrue(scene.get(another, own) != null, "others are made");

    scene.delete(theirs.getClass(), own);
    scene.awaitCondition(owner, name, "Programmed", "Programmed");
  }

  @Test
  void whatTheApiServerRefusesIsToldInItsWords() {
    scene.apply(manifest("{podTemplate: {spec: {dnsPolicy: Perhaps}}}"));
    Condition condition = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Refused");
    assertTrue(condition.getMessage().contains("Perhaps"), condition::getMessage);
    AuditLog.Mark mark = scene.mark();
    scene.awaitQuiet();
    long attempts =
        scene.writesSince(mark).stream().filter(each -> each.name().equals("site1-group")).count();
    assertTrue(attempts < 10, () -> attempts + " attempts are a hot loop");

    scene.patch(DaemonGroup.class, "site1", "{\"spec\": {\"podTemplate\": null}}");
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
  }

  @Test
  void scalingTheGroupIsObeyed() {
    group("{}");
    scene.kubectl("scale", "dg", "site1", "--replicas", "3");
    scene.eventually(
        () -> assertEquals(3, scene.get(Deployment.class, "site1-group").getSpec().getReplicas()));
    scene.eventually(
        () -> assertEquals("0/3", scene.get(DaemonGroup.class, "site1").getStatus().ready()));
  }

  @Test
  void anotherTimeRotatesTheSecretOnce() {
    group("{}");
    String first = secret().get(Names.CURRENT_SECRET);
    scene.patch(
        DaemonGroup.class, "site1", "{\"spec\": {\"secretRotatedAt\": \"2026-01-31T10:00:00Z\"}}");
    scene.eventually(() -> assertEquals(first, secret().get(Names.PREVIOUS_SECRET)));
    String second = secret().get(Names.CURRENT_SECRET);
    assertNotEquals(first, second);
    scene.apply(manifest("{threads: 9, secretRotatedAt: '2026-01-31T10:00:00Z'}"));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertEquals(second, secret().get(Names.CURRENT_SECRET));
  }

  /** It is in nobody's watch: it is put back when it is looked at. */
  @Test
  void ofAGroupsSecretAllIsPutBackButWhatOnlyItKnows(Cluster cluster, TestNamespace namespace) {
    scene.close();
    scene = Scene.lookingAtSecrets(Duration.ofSeconds(1), cluster, namespace);
    group("{}");
    String before = content(Secret.class, "site1-group");
    scene.patch(Secret.class, "site1-group", "{\"metadata\": {\"labels\": null}}");
    scene.eventually(() -> assertEquals(before, content(Secret.class, "site1-group")));

    scene.patch(
        Secret.class,
        "site1-group",
        "{\"metadata\": {\"labels\": null}, \"data\": {\"current\": \"dGhlaXJz\"}}");
    scene.eventually(
        () ->
            assertEquals(
                Names.groupLabels("site1"),
                scene.get(Secret.class, "site1-group").getMetadata().getLabels()));
    assertEquals(Map.of(Names.CURRENT_SECRET, "dGhlaXJz"), secret());
  }

  private Map<String, String> secret() {
    return scene.get(Secret.class, "site1-group").getData();
  }

  @Test
  void aGrowingTableIsDealtToMoreShardsAndTheOldOnesGo() {
    for (int i = 0; i < 3; i++) {
      scene.apply(Scene.embedded("large" + i, "x".repeat(50_000)));
    }
    scene.eventually(
        () -> {
          List<String> shards = shards();
          assertTrue(shards.size() > 1, shards::toString);
          String count = String.valueOf(shards.size());
          assertTrue(
              shards.stream().allMatch(each -> each.startsWith("main-gateway-routes-" + count)),
              shards::toString);
        });
    scene.delete(ScriptAlias.class, "large1");
    scene.delete(ScriptAlias.class, "large2");
    scene.eventually(() -> assertEquals(List.of("main-gateway-routes-1-0"), shards()));
  }

  private List<String> shards() {
    return scene.client().configMaps().inNamespace(scene.namespace()).list().getItems().stream()
        .map(each -> each.getMetadata().getName())
        .filter(name -> name.startsWith("main-gateway-routes-"))
        .sorted()
        .toList();
  }

  private void group(String spec) {
    scene.apply(manifest(spec));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
  }

  private static String manifest(String spec) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: DaemonGroup
    metadata: {name: site1}
    spec: %s
    """
        .formatted(spec);
  }
}
