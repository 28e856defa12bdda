package dev.kubewsgi.testing.apiserver;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The cluster that tests run against, as a user of it who may do everything. */
public final class Cluster implements AutoCloseable {

  private final Path kubeconfig;
  private final Optional<ControlPlane> ours;
  private final KubernetesClient client;
  private final Tools tools;

  private Cluster(Path kubeconfig, Optional<ControlPlane> ours) {
    this.kubeconfig = kubeconfig;
    this.ours = ours;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    this.tools = new Tools(kubeconfig);
  }

  /** The cluster that the environment names, or a new one of our own; the log says which it is. */
  static Cluster open() {
    String named = System.getenv("KUBE_WSGI_TEST_KUBECONFIG");
    Cluster cluster = named == null ? ofOurOwn() : ofOthers(Path.of(named));
    cluster.crds();
    return cluster;
  }

  private static Cluster ofOurOwn() {
    ControlPlane plane = ControlPlane.start();
    return new Cluster(plane.kubeconfig(), Optional.of(plane));
  }

  private static Cluster ofOthers(Path kubeconfig) {
    Cluster cluster = of(kubeconfig);
    System.err.println(cluster);
    return cluster;
  }

  /** That of a kubeconfig whose user may do everything; it is left running. */
  public static Cluster of(Path kubeconfig) {
    return new Cluster(kubeconfig, Optional.empty());
  }

  /** A client that may do everything. It is closed with the last test. */
  public KubernetesClient client() {
    return client;
  }

  /** A kubeconfig of a user who may do everything. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /**
   * A client for a ServiceAccount, by a token of its own for an hour; the caller closes it.
   *
   * @param account a ServiceAccount that exists
   */
  public KubernetesClient clientOf(String namespace, String account) {
    String token = token(namespace, account);
    Config own = client.getConfiguration();
    // Not a copy of it: that would fall back to its own credentials when the token is refused.
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(own.getMasterUrl())
            .withCaCertData(own.getCaCertData())
            .withCaCertFile(own.getCaCertFile())
            .withNamespace(namespace)
            .withOauthToken(token)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /**
   * Writes a kubeconfig for a ServiceAccount, by a token of its own for an hour: for a program that
   * is to have exactly the rights of its pod.
   *
   * @param account a ServiceAccount that exists
   * @return {@code file}
   */
  public Path kubeconfigOf(String namespace, String account, Path file) {
    Config own = client.getConfiguration();
    var cluster = new LinkedHashMap<String, Object>();
    cluster.put("server", own.getMasterUrl());
    cluster.put("certificate-authority-data", own.getCaCertData());
    var context = Map.of("cluster", "tests", "user", account, "namespace", namespace);
    var content =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Config",
            "clusters",
            List.of(Map.of("name", "tests", "cluster", cluster)),
            "users",
            List.of(Map.of("name", account, "user", Map.of("token", token(namespace, account)))),
            "contexts",
            List.of(Map.of("name", "tests", "context", context)),
            "current-context",
            "tests");
    try {
      return Files.writeString(file, Serialization.asYaml(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String token(String namespace, String account) {
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(account)
        .tokenRequest()
        .getStatus()
        .getToken();
  }

  /** Runs kubectl, of the same version as our own control plane. */
  public CommandResult kubectl(String... arguments) {
    return tools.run("components", "kubectl", arguments);
  }

  /** Runs Helm 3. */
  public CommandResult helm3(String... arguments) {
    return tools.run("helm3", "helm3", arguments);
  }

  /** Runs Helm 4. */
  public CommandResult helm4(String... arguments) {
    return tools.run("helm4", "helm4", arguments);
  }

  /**
   * What the API server was asked, from its audit log.
   *
   * @throws org.opentest4j.TestAbortedException if this cluster keeps none that can be read
   */
  public AuditLog auditLog() {
    return new AuditLog(kubeconfig.resolveSibling("audit.log"), client);
  }

  /**
   * Defines the kinds of this project and waits until the API server serves them. They are defined
   * when a test begins; this is for after one has deleted or changed the definitions.
   */
  public void crds() {
    define(
        Stream.of(WsgiGateway.class, DaemonGroup.class, ScriptAlias.class)
            .map(Cluster::definition)
            .toList());
  }

  /**
   * Defines kinds and waits until the API server serves them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientTimeoutException if it does not within 30
   *     seconds
   */
  public void define(List<CustomResourceDefinition> definitions) {
    definitions.stream()
        .map(each -> client.resource(each).forceConflicts().serverSideApply())
        .toList()
        .forEach(this::awaitEstablished);
  }

  /**
   * Changes the schema of a kind's spec, for all who use the cluster and until {@link #crds}.
   *
   * @param change of the schema that there is
   */
  public void changeSpec(
      Class<? extends CustomResource<?, ?>> kind, Consumer<JSONSchemaProps> change) {
    changeSchema(kind, "spec", change);
  }

  /**
   * Changes the schema of a kind's status, for all who use the cluster and until {@link #crds}.
   *
   * @param change of the schema that there is
   */
  public void changeStatus(
      Class<? extends CustomResource<?, ?>> kind, Consumer<JSONSchemaProps> change) {
    changeSchema(kind, "status", change);
  }

  private void changeSchema(
      Class<? extends CustomResource<?, ?>> kind, String part, Consumer<JSONSchemaProps> change) {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(CustomResource.getCRDName(kind))
        .edit(
            definition -> {
              var schema = definition.getSpec().getVersions().getFirst().getSchema();
              change.accept(schema.getOpenAPIV3Schema().getProperties().get(part));
              return definition;
            });
  }

  private static CustomResourceDefinition definition(Class<? extends CustomResource<?, ?>> kind) {
    String file = "/dev/kubewsgi/crds/" + CustomResource.getCRDName(kind) + ".yaml";
    try (InputStream in = kind.getResourceAsStream(file)) {
      return Serialization.unmarshal(in, CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitEstablished(CustomResourceDefinition definition) {
    client.resource(definition).waitUntilCondition(Cluster::isEstablished, 30, TimeUnit.SECONDS);
  }

  /** Its conditions are null, not an empty list, until a controller has seen it. */
  static boolean isEstablished(CustomResourceDefinition definition) {
    return Optional.ofNullable(definition)
        .map(CustomResourceDefinition::getStatus)
        .map(CustomResourceDefinitionStatus::getConditions)
        .orElse(List.of())
        .stream()
        .anyMatch(each -> each.getType().equals("Established") && each.getStatus().equals("True"));
  }

  /** Which API server it is, and whose. */
  @Override
  public String toString() {
    Path about = kubeconfig.resolveSibling("about");
    if (!Files.exists(about)) {
      return "API server "
          + client.getKubernetesVersion().getGitVersion()
          + " (the cluster of "
          + kubeconfig
          + ")";
    }
    try {
      return Files.readString(about).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    client.close();
    if (ours.isPresent()) {
      ours.get().close();
    }
  }
}
