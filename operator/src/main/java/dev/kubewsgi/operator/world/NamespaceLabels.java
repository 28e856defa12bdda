package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * The labels of all namespaces, once somebody asks for them: only who chooses namespaces by a
 * selector makes the operator watch them, which takes a cluster's verbs. For one thread.
 */
final class NamespaceLabels implements AutoCloseable {

  private final KubernetesClient client;
  private final Runnable changed;
  private final Forbidden forbidden;
  private Optional<Watched<Namespace>> watched = Optional.empty();

  /**
   * Watching none.
   *
   * @param changed called when labels changed
   * @param forbidden is told when they may not be looked at
   */
  NamespaceLabels(KubernetesClient client, Runnable changed, Forbidden forbidden) {
    this.client = client;
    this.changed = changed;
    this.forbidden = forbidden;
  }

  /**
   * Watches them, from now on. Without the right to, nobody knows the labels of any.
   *
   * @throws CompletionException the API server did not say what there is; tried again the next time
   */
  void follow() {
    if (watched.isPresent()) {
      return;
    }
    Watched<Namespace> starting =
        new Watched<>(
            List.of(client.namespaces().runnableInformer(0)),
            (before, after) -> !labels(before).equals(labels(after)),
            changed);
    if (starting.awaitStart(starting.start())) {
      watched = Optional.of(starting);
      forbidden.allowed("the list of namespaces");
    } else {
      forbidden.refused("the list of namespaces", "one that is not there");
    }
  }

  private static Map<String, String> labels(HasMetadata object) {
    return Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
  }

  /** Labels by namespace, of those that are there. */
  Map<String, Map<String, String>> all() {
    Map<String, Map<String, String>> byName = new HashMap<>();
    watched
        .map(Watched::list)
        .orElse(List.of())
        .forEach(each -> byName.put(each.getMetadata().getName(), labels(each)));
    return byName;
  }

  @Override
  public void close() {
    watched.ifPresent(Watched::close);
  }
}
