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

  @Override
  public void load(String image) {
    if (isOfThisProject()) {
      LocalKubernetes.load(directory(), Images.archive(image));
    }
  }

  @Override
  public void tag(String image, String name) {
    assumeTrue(isOfThisProject(), "images are only named in a cluster of this project's own");
    LocalKubernetes.tag(directory(), image, name);
  }

  @Override
  public void restart(String part, Duration absence) {
    assumeTrue(
        isOfThisProject(), "parts of a cluster are only restarted in one of this project's own");
    LocalKubernetes.restart(directory(), part, absence);
  }

  /** Such a one has a directory beside its kubeconfig that says so. */
  private boolean isOfThisProject() {
    return Files.exists(directory().resolve("commands"));
  }

  private Path directory() {
    return kubeconfig.toAbsolutePath().getParent();
  }

  @Override
  public String toString() {
    return isOfThisProject() ? LocalKubernetes.about(directory()) : "the cluster of " + kubeconfig;
  }

  /** It is somebody else's. */
  @Override
  public void close() {}
}
