package dev.kubewsgi.gateway.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Who and where the API server is, found as other clients find it. */
final class ApiConfig {

  private ApiConfig() {}

  /**
   * The kubeconfig that is named, else that of {@code KUBECONFIG} or {@code ~/.kube/config}, else
   * the pod's ServiceAccount.
   *
   * @return empty: there is none of these
   */
  static Optional<Config> find(Optional<Path> kubeconfig) {
    if (kubeconfig.isPresent()) {
      return kubeconfig.filter(Files::isReadable).map(path -> Config.fromKubeconfig(path.toFile()));
    }
    return System.getenv("KUBERNETES_SERVICE_HOST") != null || hasKubeconfig()
        ? Optional.of(new ConfigBuilder().build())
        : Optional.empty();
  }

  private static boolean hasKubeconfig() {
    var named = System.getenv("KUBECONFIG");
    var usual = System.getProperty("user.home") + "/.kube/config";
    return Arrays.stream((named == null ? usual : named).split(":"))
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .anyMatch(Files::isReadable);
  }
}
