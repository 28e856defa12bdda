package dev.kubewsgi.testing.apiserver;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A namespace of a test's own, which only takes pods that keep to Pod Security <em>restricted</em>.
 * It is deleted after the test or class, without waiting until it is gone.
 */
public final class TestNamespace implements AutoCloseable {

  private static final int LONGEST_NAME = 63;
  private static final int DIGITS = 8;

  private final Cluster cluster;
  private final String name;

  private TestNamespace(Cluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  /** One named for a test; the caller closes it. */
  public static TestNamespace create(Cluster cluster, Class<?> test) {
    return create(cluster, test.getSimpleName().toLowerCase(Locale.ROOT));
  }

  /** One whose name is as long as a namespace's can be; the caller closes it. */
  public static TestNamespace ofLongestName(Cluster cluster) {
    return create(cluster, "n".repeat(LONGEST_NAME - 1 - DIGITS));
  }

  /** Returns when pods can be made in it. */
  private static TestNamespace create(Cluster cluster, String prefix) {
    String digits = "%08x".formatted(ThreadLocalRandom.current().nextInt());
    String name = prefix + "-" + digits;
    cluster
        .client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
    cluster
        .client()
        .serviceAccounts()
        .inNamespace(name)
        .withName("default")
        .waitUntilCondition(Objects::nonNull, 30, TimeUnit.SECONDS);
    return new TestNamespace(cluster, name);
  }

  public String name() {
    return name;
  }

  /** Says what a kubelet would say of the pods in it. */
  public Kubelet kubelet() {
    return new Kubelet(cluster.client(), name);
  }

  /** Its workloads and events, for whoever reads why a test failed. */
  String describe() {
    return cluster.kubectl("get", "all,events", "--namespace", name, "--output", "wide").toString();
  }

  @Override
  public void close() {
    cluster.client().namespaces().withName(name).delete();
  }

  @Override
  public String toString() {
    return name;
  }
}
