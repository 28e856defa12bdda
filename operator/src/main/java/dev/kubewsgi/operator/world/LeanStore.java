package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;

/**
 * The memory of an informer for objects that the operator reads and others write: without {@code
 * managedFields}, which say who wrote what, are of no use for that, and take half of the memory.
 */
public final class LeanStore<T extends HasMetadata> extends BasicItemStore<T> {

  public LeanStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  /** The object is nobody else's yet. */
  @Override
  public T put(String key, T object) {
    object.getMetadata().setManagedFields(List.of());
    return super.put(key, object);
  }
}
