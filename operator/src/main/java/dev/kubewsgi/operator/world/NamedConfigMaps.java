package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * ConfigMaps that are watched one by one, by their names: nobody gives the operator all ConfigMaps
 * to read into its memory. For one thread.
 */
final class NamedConfigMaps implements AutoCloseable {

  private final KubernetesClient client;
  private final Runnable changed;
  private final Forbidden forbidden;
  private final Map<String, Watched<ConfigMap>> watched = new HashMap<>();

  /**
   * Watching none.
   *
   * @param changed called when one of them came, went or changed
   * @param forbidden is told of those that may not be looked at
   */
  NamedConfigMaps(KubernetesClient client, Runnable changed, Forbidden forbidden) {
    this.client = client;
    this.changed = changed;
    this.forbidden = forbidden;
  }

  /**
   * Watches these and no others. What is new has been looked at when this returns; one that may not
   * be looked at counts as one that is not there, and is tried again the next time.
   *
   * @param names {@code namespace/name}
   * @throws CompletionException the API server did not say whether one is there; all others are
   *     watched, and this one is tried again the next time
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
    awaitAll(started);
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

  private void awaitAll(Map<String, CompletableFuture<Void>> started) {
    CompletionException failure = null;
    for (var each : started.entrySet()) {
      try {
        await(each.getKey(), each.getValue());
      } catch (CompletionException e) {
        watched.remove(each.getKey());
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void await(String name, CompletableFuture<Void> start) {
    if (watched.get(name).awaitStart(start)) {
      forbidden.allowed("ConfigMap " + name);
    } else {
      watched.remove(name);
      forbidden.refused("ConfigMap " + name);
    }
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
