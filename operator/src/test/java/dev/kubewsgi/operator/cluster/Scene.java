package dev.kubewsgi.operator.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.awaitility.Awaitility.await;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.AuditedRequest;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.CommandResult;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A namespace with an operator that looks after it: what a user does there, and sees. */
final class Scene implements AutoCloseable {

  static final String GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec: {embedded: {enabled: true}, listeners: [{name: http, port: 8080}]}
      """;

  /** All kinds of objects that a group has. */
  static final List<Class<? extends HasMetadata>> OF_A_GROUP =
      List.of(
          Secret.class,
          ConfigMap.class,
          Role.class,
          RoleBinding.class,
          NetworkPolicy.class,
          PodDisruptionBudget.class,
          Service.class,
          Deployment.class);

  /** What is written for an alias, later, that is not the first in group site1. */
  static final List<String> WRITTEN_FOR_LATER =
      List.of(
          "configmaps main-gateway-routes-1-0",
          "configmaps site1-group",
          "kubewsgi.dev/daemongroups/status site1",
          "kubewsgi.dev/scriptaliases/status later",
          "kubewsgi.dev/wsgigateways/status main");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final PatchContext AS_A_USER =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("user")
          .withForce(true)
          .build();

  private final Cluster cluster;
  private final KubernetesClient client;
  private final TestNamespace namespace;
  private RunningOperator operator;

  /** With an operator that looks after this namespace and no other. */
  Scene(Cluster cluster, TestNamespace namespace) {
    this(cluster, namespace, RunningOperator.of(cluster, namespace));
  }

  private Scene(Cluster cluster, TestNamespace namespace, RunningOperator operator) {
    this.cluster = cluster;
    this.client = cluster.client();
    this.namespace = namespace;
    this.operator = operator;
  }

  /** With an operator that looks after all namespaces. */
  static Scene ofAll(Cluster cluster, TestNamespace namespace) {
    return new Scene(cluster, namespace, RunningOperator.ofAll(cluster, namespace));
  }

  /** With an operator that looks after this namespace and another one beside it. */
  static Scene beside(TestNamespace neighbour, Cluster cluster, TestNamespace namespace) {
    return new Scene(cluster, namespace, RunningOperator.of(cluster, namespace, neighbour));
  }

  /** With an operator of this namespace that looks often at the Secrets here. */
  static Scene lookingAtSecrets(Duration often, Cluster cluster, TestNamespace namespace) {
    return new Scene(
        cluster, namespace, RunningOperator.lookingAtSecrets(often, cluster, namespace));
  }

  /** With an operator of this namespace on a slow line. */
  static Scene through(SlowLine line, Cluster cluster, TestNamespace namespace) {
    return through("https://127.0.0.1:" + line.port(), cluster, namespace);
  }

  /** With an operator of this namespace on a faulty line. */
  static Scene through(FaultyLine line, Cluster cluster, TestNamespace namespace) {
    return through("http://127.0.0.1:" + line.port(), cluster, namespace);
  }

  private static Scene through(String url, Cluster cluster, TestNamespace namespace) {
    Set<String> own = Set.of(namespace.name());
    return new Scene(
        cluster,
        namespace,
        RunningOperator.through(url, cluster, namespace, own, Clock.systemUTC()));
  }

  /** With an operator of all namespaces on a faulty line, and with a clock of the test's own. */
  static Scene ofAllThrough(
      FaultyLine line, Cluster cluster, TestNamespace namespace, Clock clock) {
    String url = "http://127.0.0.1:" + line.port();
    return new Scene(
        cluster, namespace, RunningOperator.through(url, cluster, namespace, Set.of(), clock));
  }

  KubernetesClient client() {
    return client;
  }

  String namespace() {
    return namespace.name();
  }

  TestNamespace pods() {
    return namespace;
  }

  void stopOperator() {
    operator.close();
  }

  void startOperator() {
    operator = RunningOperator.of(cluster, namespace);
  }

  /** Applies manifests without a namespace of their own. */
  void apply(String manifests) {
    apply(namespace, manifests);
  }

  /** Applies manifests to a namespace, this one or another. */
  void apply(TestNamespace where, String manifests) {
    for (HasMetadata object :
        client.load(new ByteArrayInputStream(manifests.getBytes(UTF_8))).items()) {
      object.getMetadata().setNamespace(where.name());
      client.resource(object).patch(AS_A_USER);
    }
  }

  <T extends HasMetadata> T get(Class<T> kind, String name) {
    return client.resources(kind).inNamespace(namespace()).withName(name).get();
  }

  void delete(Class<? extends HasMetadata> kind, String name) {
    client.resources(kind).inNamespace(namespace()).withName(name).delete();
  }

  /** A merge, as kubectl patch sends it. */
  void patch(Class<? extends HasMetadata> kind, String name, String merge) {
    client
        .resources(kind)
        .inNamespace(namespace())
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
  }

  CommandResult kubectl(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", namespace()));
    all.addAll(List.of(arguments));
    return cluster.kubectl(all.toArray(String[]::new)).orFail();
  }

  /** What a gateway's pod reports. */
  void report(String gateway, String pod, GatewayReport report) {
    String packed = Base64.getEncoder().encodeToString(report.pack());
    patch(
        ConfigMap.class,
        Names.gatewayStatus(gateway),
        "{\"binaryData\": {\"%s\": \"%s\"}}".formatted(pod, packed));
  }

  /** Waits until a check passes. */
  void eventually(Runnable check) {
    await().atMost(PATIENCE).untilAsserted(check::run);
  }

  /** Waits until a condition about the newest spec has a status and a reason. */
  Condition awaitCondition(
      Class<? extends CustomResource<?, ?>> kind, String name, String type, String reason) {
    return await(kind.getSimpleName() + " " + name + " " + type + " " + reason)
        .atMost(PATIENCE)
        .until(
            () -> conditions(kind, name).get(type),
            is -> is != null && has(kind, name, is, reason));
  }

  private boolean has(
      Class<? extends CustomResource<?, ?>> kind, String name, Condition is, String reason) {
    return is.getReason().equals(reason)
        && is.getObservedGeneration().equals(get(kind, name).getMetadata().getGeneration());
  }

  private Map<String, Condition> conditions(
      Class<? extends CustomResource<?, ?>> kind, String name) {
    return conditions(get(kind, name)).stream().collect(toMap(Condition::getType, each -> each));
  }

  private static List<Condition> conditions(CustomResource<?, ?> object) {
    List<Condition> conditions =
        switch (object) {
          case DaemonGroup group when group.getStatus() != null -> group.getStatus().conditions();
          case WsgiGateway gateway when gateway.getStatus() != null ->
              gateway.getStatus().conditions();
          case ScriptAlias alias when alias.getStatus() != null -> alias.getStatus().conditions();
          case null, default -> null;
        };
    return conditions == null ? List.of() : conditions;
  }

  /** Waits until the operator has had nothing to write for some seconds. */
  void awaitQuiet() {
    String user = operator.user();
    cluster.auditLog().awaitQuiet(each -> each.user().equals(user), Duration.ofSeconds(2));
  }

  AuditLog.Mark mark() {
    return cluster.auditLog().mark();
  }

  /** All that the operator asked since a moment. */
  List<AuditedRequest> requestsSince(AuditLog.Mark mark) {
    return cluster.auditLog().since(mark).stream()
        .filter(request -> request.user().equals(operator.user()))
        .toList();
  }

  List<AuditedRequest> writesSince(AuditLog.Mark mark) {
    return cluster.auditLog().writesSince(mark, operator.user());
  }

  /** What the operator has written since a moment, but for events: each object once, in order. */
  List<String> writtenSince(AuditLog.Mark mark) {
    return writesSince(mark).stream()
        .map(each -> each.resource() + " " + each.name())
        .filter(each -> !each.startsWith("events"))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    operator.close();
  }

  /** The manifest of group site1. */
  static String group(int replicas) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: DaemonGroup
    metadata: {name: site1}
    spec: {replicas: %d}
    """
        .formatted(replicas);
  }

  /**
   * The manifest of an alias that runs in the gateway.
   *
   * @param comment all that its script is, for one of a certain size
   */
  static String embedded(String name, String comment) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: ScriptAlias
    metadata: {name: %s}
    spec: {path: /%s, script: app.py, source: {inline: {app.py: "# %s"}}}
    """
        .formatted(name, name, comment);
  }

  /** The manifest of an alias that runs in group site1. */
  static String alias(String name) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: ScriptAlias
    metadata: {name: %s}
    spec: {path: /%s, script: %s.py, processGroup: site1}
    """
        .formatted(name, name, name);
  }
}
