package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/**
 * In what the definitions in the cluster are not those that this operator was built with.
 *
 * @param sentences by kind, with code and cure; of a kind that is left out, in nothing
 */
public record Differences(Map<String, String> sentences) {

  /** Nobody has found one. */
  public static final Differences NONE = new Differences(Map.of());

  public Differences {
    sentences = Map.copyOf(sentences);
  }

  Optional<String> of(Class<? extends HasMetadata> kind) {
    return Optional.ofNullable(sentences.get(HasMetadata.getKind(kind)));
  }
}
