package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * In what the definitions in the cluster are not those that this operator was built with.
 *
 * @param ofKinds of a kind that is left out, in nothing
 */
public record Differences(Map<String, Difference> ofKinds) {

  /** Nobody has found one. */
  public static final Differences NONE = new Differences(Map.of());

  /**
   * In what the definition of a kind is another one.
   *
   * @param sentence with code and cure
   * @param lacking fields that only this operator knows: {@code status.claims[].host}
   */
  public record Difference(String sentence, Set<String> lacking) {

    public Difference {
      lacking = Set.copyOf(lacking);
    }
  }

  public Differences {
    ofKinds = Map.copyOf(ofKinds);
  }

  /** A sentence for each kind, in the order of their names. */
  public List<String> sentences() {
    return new TreeMap<>(ofKinds).values().stream().map(Difference::sentence).toList();
  }

  Optional<String> of(Class<? extends HasMetadata> kind) {
    return Optional.ofNullable(ofKinds.get(HasMetadata.getKind(kind))).map(Difference::sentence);
  }

  Set<String> lackingOf(Class<? extends HasMetadata> kind) {
    return Optional.ofNullable(ofKinds.get(HasMetadata.getKind(kind)))
        .map(Difference::lacking)
        .orElse(Set.of());
  }
}
