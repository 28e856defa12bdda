package dev.kubewsgi.operator.alias;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.Manifests;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NewcomersTest {

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final Newcomers newcomers = new Newcomers();

  @Test
  void takeAsLongAsFromTheFirstSightToTheFirstStatusThatSaysSo() {
    ScriptAlias alias = alias(1);
    newcomers.seen(alias, NOON);
    newcomers.seen(alias, NOON.plusMillis(70));
    assertEquals(Optional.empty(), arrived(alias, status("False", 1), 80));
    assertEquals(Optional.of(Duration.ofMillis(90)), arrived(alias, status("True", 1), 90));
  }

  @Test
  void arriveOnce() {
    ScriptAlias alias = alias(1);
    newcomers.seen(alias, NOON);
    arrived(alias, status("True", 1), 10);
    newcomers.seen(alias, NOON.plusMillis(20));
    assertEquals(Optional.empty(), arrived(alias, status("True", 1), 30));
  }

  @Test
  void areEditsToo() {
    newcomers.seen(alias(1), NOON);
    arrived(alias(1), status("True", 1), 10);
    newcomers.seen(alias(2), NOON.plusMillis(20));
    assertEquals(Optional.empty(), arrived(alias(2), status("True", 1), 30));
    assertEquals(Optional.of(Duration.ofMillis(15)), arrived(alias(2), status("True", 2), 35));
  }

  @Test
  void areNotWhatWasProgrammedBefore() {
    ScriptAlias alias = alias(3);
    alias.setStatus(status("True", 3));
    newcomers.seen(alias, NOON);
    assertEquals(Optional.empty(), arrived(alias, status("True", 3), 10));
  }

  private Optional<Duration> arrived(ScriptAlias alias, ScriptAliasStatus status, long millis) {
    return newcomers.arrived(alias, status, NOON.plusMillis(millis));
  }

  private static ScriptAlias alias(long generation) {
    ScriptAlias alias = Manifests.alias("a", "script: a.py");
    alias.getMetadata().setGeneration(generation);
    return alias;
  }

  private static ScriptAliasStatus status(String programmed, long generation) {
    Condition condition =
        new ConditionBuilder()
            .withType("Programmed")
            .withStatus(programmed)
            .withObservedGeneration(generation)
            .build();
    return new ScriptAliasStatus(generation, List.of(condition), null, null, null);
  }
}
