package dev.kubewsgi.operator.status;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes statuses of one kind: by server-side apply, whole, and only those that differ from the
 * last.
 *
 * <p>What was written comes back by a watch, later. Until then it is remembered here, or times of
 * transition would be taken anew and equal statuses written again.
 */
public final class StatusWriter<S, T extends CustomResource<?, S>> {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Names.MANAGER)
          .withForce(true)
          .build();

  /** A watch is never so late that what was written before as many others has not come back. */
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final Supplier<T> maker;
  private final Map<String, Written<S>> written = Collections.synchronizedMap(new Latest<>());

  private record Written<S>(long resourceVersion, S status) {}

  /** The entries that were put last. */
  private static final class Latest<V> extends LinkedHashMap<String, V> {

    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > REMEMBERED;
    }
  }

  /**
   * For a kind.
   *
   * @param maker of empty objects of it
   */
  public StatusWriter(KubernetesClient client, Supplier<T> maker) {
    this.client = client;
    this.maker = maker;
  }

  /** The status that an object has, or is about to be seen to have. */
  public Optional<S> last(T object) {
    Written<S> own = written.get(object.getMetadata().getUid());
    return own == null || version(object) >= own.resourceVersion()
        ? Optional.ofNullable(object.getStatus())
        : Optional.of(own.status());
  }

  /**
   * Writes a status if it differs from the last.
   *
   * @return whether it was written
   */
  public boolean write(T object, S status) {
    if (last(object).filter(status::equals).isPresent()) {
      return false;
    }
    T patch = maker.get();
    patch.setMetadata(identity(object));
    patch.setStatus(status);
    T result = client.resource(patch).subresource("status").patch(APPLY);
    written.put(object.getMetadata().getUid(), new Written<>(version(result), status));
    return true;
  }

  /** With its uid, so that no later object of the name gets what is not its own. */
  private static ObjectMeta identity(CustomResource<?, ?> object) {
    return new ObjectMetaBuilder()
        .withNamespace(object.getMetadata().getNamespace())
        .withName(object.getMetadata().getName())
        .withUid(object.getMetadata().getUid())
        .build();
  }

  /** A number, in every Kubernetes that conforms. */
  private static long version(CustomResource<?, ?> object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }
}
