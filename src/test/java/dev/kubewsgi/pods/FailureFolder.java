package dev.kubewsgi.pods;

import dev.kubewsgi.testing.apiserver.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/** All that a failed test left, for whoever reads why: one folder, a subfolder a namespace. */
final class FailureFolder {

  /** All but Secrets. */
  private static final String KINDS =
      "wsgi,deployments,replicasets,pods,services,endpointslices,configmaps,poddisruptionbudgets,"
          + "persistentvolumeclaims,"
          + "networkpolicies,serviceaccounts,roles,rolebindings,horizontalpodautoscalers";

  private final Cluster cluster;
  private final Path folder;

  FailureFolder(Cluster cluster, ExtensionContext context) {
    this.cluster = cluster;
    String test =
        context.getRequiredTestClass().getSimpleName()
            + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
    String which = context.getTestMethod().isPresent() ? "-" + context.getDisplayName() : "";
    this.folder =
        Path.of("target", "failures", (test + which).replaceAll("[^A-Za-z0-9.-]+", "_"))
            .toAbsolutePath();
  }

  /**
   * Writes what there is in a namespace: objects, events, pods as a table, logs of each container.
   */
  void keep(String namespace) {
    Path directory = folder.resolve(namespace);
    write(directory, "objects.yaml", "get", KINDS, "--namespace", namespace, "--output=yaml");
    write(directory, "events.txt", "events", "--namespace", namespace);
    write(directory, "pods.txt", "get", "wsgi,pods", "--namespace", namespace, "--output=wide");
    cluster.client().pods().inNamespace(namespace).list().getItems().stream()
        .flatMap(
            pod ->
                Stream.of(pod.getSpec().getInitContainers(), pod.getSpec().getContainers())
                    .flatMap(List::stream)
                    .map(each -> pod.getMetadata().getName() + "/" + each.getName()))
        .forEach(container -> keepLogs(directory, namespace, container));
  }

  private void keepLogs(Path directory, String namespace, String container) {
    String[] names = container.split("/");
    String[] logs = {"logs", names[0], "--container", names[1], "--namespace", namespace};
    write(directory, names[0] + "." + names[1] + ".log", logs);
    String[] previous = java.util.Arrays.copyOf(logs, logs.length + 1);
    previous[logs.length] = "--previous";
    write(directory, names[0] + "." + names[1] + ".previous.log", previous);
  }

  private void write(Path directory, String file, String... kubectl) {
    var result = cluster.kubectl(kubectl);
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(file), result.exitCode() == 0 ? result.stdout() : result.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
