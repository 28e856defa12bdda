package dev.kubewsgi.operator.cluster;

import dev.kubewsgi.operator.Controllers;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.Samples;
import dev.kubewsgi.operator.measure.Measurements;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * The reconcilers in this JVM, as a ServiceAccount of their own that may do everything, so that the
 * audit log tells what they did.
 */
final class RunningOperator implements AutoCloseable {

  /** One that is there without a chart; also the name of what binds it. */
  static final String SECRETS_ROLE = "cluster-admin";

  /** What application.properties has. */
  private static final int AS_IN_THE_PROCESS = 2;

  private final KubernetesClient client;
  private final Controllers controllers;
  private final String user;

  private RunningOperator(
      KubernetesClient client, OperatorConfig config, Duration secrets, Clock clock, String user) {
    this.client = client;
    this.user = user;
    this.controllers =
        new Controllers(
            client,
            config,
            secrets,
            clock,
            new Measurements(new SimpleMeterRegistry()),
            settings -> {});
  }

  /** One that looks after a test's namespace and no other. */
  static RunningOperator of(Cluster cluster, TestNamespace namespace) {
    return start(cluster, namespace, Set.of(namespace.name()));
  }

  /** One that looks after a test's namespace and another one beside it. */
  static RunningOperator of(Cluster cluster, TestNamespace namespace, TestNamespace neighbour) {
    return start(cluster, namespace, Set.of(namespace.name(), neighbour.name()));
  }

  /** One that looks after a test's namespace and often at the Secrets there. */
  static RunningOperator lookingAtSecrets(
      Duration often, Cluster cluster, TestNamespace namespace) {
    account(cluster.client(), namespace.name());
    return start(
        cluster.clientOf(namespace.name(), "operator"),
        namespace,
        Set.of(namespace.name()),
        often,
        Clock.systemUTC());
  }

  /** One that looks after all namespaces, and lives in a test's. */
  static RunningOperator ofAll(Cluster cluster, TestNamespace namespace) {
    return start(cluster, namespace, Set.of());
  }

  /**
   * One that reaches the API server by another way.
   *
   * @param url of the way's end here
   * @param watched the namespaces that it looks after; none: all
   * @param clock by which it tells what lasts
   */
  static RunningOperator through(
      String url, Cluster cluster, TestNamespace namespace, Set<String> watched, Clock clock) {
    account(cluster.client(), namespace.name());
    try (KubernetesClient direct = cluster.clientOf(namespace.name(), "operator")) {
      Config config =
          new ConfigBuilder(direct.getConfiguration())
              .withMasterUrl(url)
              .withRequestRetryBackoffLimit(AS_IN_THE_PROCESS)
              .build();
      return start(
          new KubernetesClientBuilder().withConfig(config).build(),
          namespace,
          watched,
          Controllers.SECRETS,
          clock);
    }
  }

  private static RunningOperator start(
      Cluster cluster, TestNamespace namespace, Set<String> watched) {
    account(cluster.client(), namespace.name());
    return start(
        cluster.clientOf(namespace.name(), "operator"),
        namespace,
        watched,
        Controllers.SECRETS,
        Clock.systemUTC());
  }

  private static RunningOperator start(
      KubernetesClient client,
      TestNamespace namespace,
      Set<String> watched,
      Duration secrets,
      Clock clock) {
    var running =
        new RunningOperator(
            client,
            new OperatorConfig(
                Samples.CONFIG.images(),
                new TreeSet<>(watched),
                SECRETS_ROLE,
                new OperatorConfig.Account(namespace.name(), "operator")),
            secrets,
            clock,
            user(namespace.name()));
    running.controllers.start();
    return running;
  }

  private static void account(KubernetesClient client, String namespace) {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("operator")
                .endMetadata()
                .build())
        .serverSideApply();
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(namespace + "-operator")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject(null, "ServiceAccount", "operator", namespace)
                .build())
        .serverSideApply();
    awaitRights(client, user(namespace));
  }

  /** An API server takes note of a binding some time after it has said that it is there. */
  private static void awaitRights(KubernetesClient client, String user) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withGroup("*")
            .withResource("*")
            .withVerb("*")
            .endResourceAttributes()
            .endSpec()
            .build();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!client.resource(review).create().getStatus().getAllowed()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(user + " has no rights though it is bound to cluster-admin");
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  private static String user(String namespace) {
    return "system:serviceaccount:" + namespace + ":operator";
  }

  /** The name by which the audit log knows it. */
  String user() {
    return user;
  }

  @Override
  public void close() {
    controllers.close();
    client.close();
  }
}
