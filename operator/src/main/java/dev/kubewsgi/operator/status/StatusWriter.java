package dev.kubewsgi.operator.status;

import dev.kubewsgi.operator.Latest;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.ResourceVersion;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final Supplier<T> maker;
  private final Supplier<Set<String>> lacking;

  /** A watch is never so late that what was written before all of these has not come back. */
  private final Map<String, Written<S>> written = Collections.synchronizedMap(new Latest<>());

  private record Written<S>(long resourceVersion, S status) {}

  /**
   * For a kind.
   *
   * @param maker of empty objects of it
   * @param lacking which fields its definition in the cluster does not have, {@code
   *     status.claims[].host}: the API server refuses a status with one of them, and all of it
   */
  public StatusWriter(KubernetesClient client, Supplier<T> maker, Supplier<Set<String>> lacking) {
    this.client = client;
    this.maker = maker;
    this.lacking = lacking;
  }

  /** The status that an object has, or is about to be seen to have. */
  public Optional<S> last(T object) {
    Written<S> own = written.get(object.getMetadata().getUid());
    return own == null || ResourceVersion.of(object) >= own.resourceVersion()
        ? Optional.ofNullable(object.getStatus())
        : Optional.of(own.status());
  }

  /**
   * Writes a status if it differs from the last, and if the object is still there.
   *
   * @return whether it was written
   * @throws KubernetesClientException among others with code 409, if the object was edited since it
   *     was seen, or is another of the name: what is known about it has to be looked at again
   */
  public boolean write(T object, S status) {
    ServedFields served = new ServedFields(client.getKubernetesSerialization(), lacking.get());
    if (last(object).filter(last -> served.areEqual(last, status)).isPresent()) {
      return false;
    }
    T patch = maker.get();
    patch.setMetadata(identity(object));
    patch.setStatus(status);
    try {
      T result = client.resource(patch).subresource("status").patch(APPLY, served.json(patch));
      written.put(object.getMetadata().getUid(), new Written<>(ResourceVersion.of(result), status));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** In its state: a status of this object must not get onto a later one of its name. */
  private ObjectMeta identity(T object) {
    Written<S> own = written.get(object.getMetadata().getUid());
    long seen = own == null ? 0 : own.resourceVersion();
    return new ObjectMetaBuilder()
        .withNamespace(object.getMetadata().getNamespace())
        .withName(object.getMetadata().getName())
        .withResourceVersion(String.valueOf(Math.max(ResourceVersion.of(object), seen)))
        .build();
  }
}
