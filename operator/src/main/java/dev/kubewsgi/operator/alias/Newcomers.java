package dev.kubewsgi.operator.alias;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.Latest;
import dev.kubewsgi.operator.status.ConditionType;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Specs of aliases that are on their way, and since when. What was programmed before this operator
 * began to work is none of them.
 */
final class Newcomers {

  /** Of more that are on their way at once, the oldest are not measured. */
  private final Map<String, Arrival> arrivals = new Latest<>();

  /**
   * A spec, by its generation.
   *
   * @param since null: it has arrived
   */
  private record Arrival(long generation, Instant since) {}

  /** Notes a spec that has not been seen before. */
  synchronized void seen(ScriptAlias alias, Instant now) {
    long generation = alias.getMetadata().getGeneration();
    Arrival known = arrivals.get(alias.getMetadata().getUid());
    if (known == null || known.generation() < generation) {
      arrivals.put(
          alias.getMetadata().getUid(),
          new Arrival(generation, isProgrammed(alias, alias.getStatus()) ? null : now));
    }
  }

  /**
   * Notes what a status says of the spec.
   *
   * @return how long it took, when this is the first that says that it is programmed
   */
  synchronized Optional<Duration> arrived(
      ScriptAlias alias, ScriptAliasStatus status, Instant now) {
    Arrival known = arrivals.get(alias.getMetadata().getUid());
    if (known == null || known.since() == null || !isProgrammed(alias, status)) {
      return Optional.empty();
    }
    arrivals.put(alias.getMetadata().getUid(), new Arrival(known.generation(), null));
    return Optional.of(Duration.between(known.since(), now));
  }

  private static boolean isProgrammed(ScriptAlias alias, ScriptAliasStatus status) {
    return status != null
        && status.conditions() != null
        && status.conditions().stream()
            .anyMatch(
                each ->
                    each.getType().equals(ConditionType.Programmed.name())
                        && each.getStatus().equals("True")
                        && each.getObservedGeneration()
                            .equals(alias.getMetadata().getGeneration()));
  }
}
