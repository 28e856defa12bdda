package dev.kubewsgi.pods.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cluster of a kubeconfig. Its nodes have the images under the names that the chart has for
 * them, or pull them from the registry that {@code KUBE_WSGI_TEST_REGISTRY} names.
 */
record GivenKubernetes(Path kubeconfig) implements Kubernetes {

  private static final String REGISTRY = "KUBE_WSGI_TEST_REGISTRY";

  @Override
  public List<String> chartOptions() {
    String registry = System.getenv(REGISTRY);
    return registry == null
        ? List.of()
        : Stream.of("operator", "gateway", "git")
            .map(image -> "--set=images.%s.repository=%s/%s".formatted(image, registry, image))
            .toList();
  }

  /** One of this project's own has a directory beside its kubeconfig that says so. */
  @Override
  public void restart(String part, Duration absence) {
    Path directory = kubeconfig.toAbsolutePath().getParent();
    assumeTrue(
        Files.exists(directory.resolve("commands")),
        "parts of a cluster are only restarted in one of this project's own");
    LocalKubernetes.restart(directory, part, absence);
  }

  @Override
  public String toString() {
    return "the cluster of " + kubeconfig;
  }

  /** It is somebody else's. */
  @Override
  public void close() {}
}
