package dev.kubewsgi.pods.kubernetes;

import java.nio.file.Path;
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
  public String toString() {
    return "the cluster of " + kubeconfig;
  }

  /** It is somebody else's. */
  @Override
  public void close() {}
}
