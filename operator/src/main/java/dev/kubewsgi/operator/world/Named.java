package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiPredicate;

/**
 * Objects of a kind that are watched one by one, by their names: nobody gives the operator all
 * ConfigMaps to read into its memory. For one thread.
 */
final class Named<T extends HasMetadata> implements AutoCloseable {

  private final MixedOperation<T, ?, ? extends Resource<T>> kind;
  private final BiPredicate<T, T> matters;
  private final Runnable changed;
  private final Consequence forbidden;
  private final Map<String, Watched<T>> watched = new HashMap<>();

  /**
   * What becomes of those that may not be looked at.
   *
   * @param noted is told of each
   * @param kind of object, in words
   * @param countsAs what one of them is taken for, in words
   */
  record Consequence(Forbidden noted, String kind, String countsAs) {}

  /**
   * Watching none.
   *
   * @param matters whether the step from one state of an object to the next is worth a call
   * @param changed called when one of them came, went or changed
   */
  Named(
      MixedOperation<T, ?, ? extends Resource<T>> kind,
      BiPredicate<T, T> matters,
      Runnable changed,
      Consequence forbidden) {
    this.kind = kind;
    this.matters = matters;
    this.changed = changed;
    this.forbidden = forbidden;
  }

  /** ConfigMaps, whatever in them changes; one that may not be read counts as missing. */
  static Named<ConfigMap> configMaps(
      KubernetesClient client, Runnable changed, Forbidden forbidden) {
    return new Named<>(
        client.configMaps(),
        (before, after) -> true,
        changed,
        new Consequence(forbidden, "ConfigMap", "one that is not there"));
  }

  /** PersistentVolumeClaims, of which it matters whether they are there, if anybody may know. */
  static Named<PersistentVolumeClaim> volumes(
      KubernetesClient client, Runnable changed, Forbidden forbidden) {
    return new Named<>(
        client.persistentVolumeClaims(),
        (before, after) -> false,
        changed,
        new Consequence(forbidden, "PersistentVolumeClaim", "one that is there"));
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
        Watched<T> one = watch(name);
        watched.put(name, one);
        started.put(name, one.start());
      }
    }
    awaitAll(started);
  }

  private Watched<T> watch(String id) {
    int slash = id.indexOf('/');
    return new Watched<>(
        List.of(
            kind.inNamespace(id.substring(0, slash))
                .withName(id.substring(slash + 1))
                .runnableInformer(0)),
        matters,
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
      forbidden.noted().allowed(forbidden.kind() + " " + name);
    } else {
      watched.remove(name);
      forbidden.noted().refused(forbidden.kind() + " " + name, forbidden.countsAs());
    }
  }

  /** Those that are there, by {@code namespace/name}. */
  Map<String, T> all() {
    Map<String, T> all = new HashMap<>();
    watched.forEach((name, one) -> one.list().forEach(found -> all.put(name, found)));
    return all;
  }

  /** Those that are known not to be there: {@code namespace/name}. */
  Set<String> missing() {
    Set<String> missing = new HashSet<>();
    watched.forEach(
        (name, one) -> {
          if (one.list().isEmpty()) {
            missing.add(name);
          }
        });
    return missing;
  }

  @Override
  public void close() {
    watched.values().forEach(Watched::close);
  }
}
