package dev.kubewsgi.operator.apply;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The API server as the operator needs it for what it makes. Failures are {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}s.
 */
public interface Cluster {

  /**
   * The object as last seen: from a watch, which sees only what carries our labels, or from the API
   * server for a kind that is not watched.
   */
  <T extends HasMetadata> Optional<T> find(T like);

  /** The object of the same kind and name from the API server itself, whoever made it. */
  <T extends HasMetadata> Optional<T> read(T like);

  /** What is labelled as ours and has the owner for its controller, as last seen. */
  Stream<HasMetadata> childrenOf(HasMetadata owner);

  /**
   * Server-side apply, also of fields that others have set. A {@code resourceVersion} or {@code
   * uid} in it has to be that of the object (409 otherwise).
   */
  void apply(HasMetadata desired);

  /** Deletes this object and no later one of its name; one that is gone already is no failure. */
  void delete(HasMetadata existing);
}
