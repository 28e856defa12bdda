package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ConfigMaps that are watched one by one, by their names: nobody gives the operator all ConfigMaps
 * to read into its memory. For one thread.
 */
final class NamedConfigMaps implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NamedConfigMaps.class);

  private static final int FORBIDDEN = 403;

  private final KubernetesClient client;
  private final Runnable changed;
  private final Map<String, Watched<ConfigMap>> watched = new HashMap<>();

  NamedConfigMaps(KubernetesClient client, Runnable changed) {
    this.client = client;
    this.changed = changed;
  }

  /**
   * Watches these and no others. What is new has been looked at when this returns; one that may not
   * be looked at counts as one that is not there, and is tried again the next time.
   *
   * @param names {@code namespace/name}
   * @throws CompletionException the API server did not say whether one is there
   */
  void follow(Set<String> names) {
    Set<String> gone = new HashSet<>(watched.keySet());
    gone.removeAll(names);
    gone.forEach(name -> watched.remove(name).close());
    Map<String, CompletableFuture<Void>> started = new HashMap<>();
    for (String name : names) {
      if (!watched.containsKey(name)) {
        Watched<ConfigMap> one = watch(name);
        watched.put(name, one);
        started.put(name, one.start());
      }
    }
    started.forEach(this::await);
  }

  private Watched<ConfigMap> watch(String id) {
    int slash = id.indexOf('/');
    return new Watched<>(
        List.of(
            client
                .configMaps()
                .inNamespace(id.substring(0, slash))
                .withName(id.substring(slash + 1))
                .runnableInformer(0)),
        (before, after) -> true,
        changed);
  }

  private void await(String name, CompletableFuture<Void> start) {
    try {
      start.join();
    } catch (CompletionException e) {
      watched.remove(name).close();
      if (!isForbidden(e.getCause())) {
        throw e;
      }
      LOG.warn("ConfigMap {} cannot be read: {}", name, e.getCause().getMessage());
    }
  }

  private static boolean isForbidden(Throwable failure) {
    return failure instanceof KubernetesClientException refusal && refusal.getCode() == FORBIDDEN;
  }

  /** Those that are there, by {@code namespace/name}. */
  Map<String, ConfigMap> all() {
    Map<String, ConfigMap> all = new HashMap<>();
    watched.forEach((name, one) -> one.list().forEach(found -> all.put(name, found)));
    return all;
  }

  @Override
  public void close() {
    watched.values().forEach(Watched::close);
  }
}
