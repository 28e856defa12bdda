package dev.kubewsgi.operator.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  private static final Instant EARLIER = Instant.parse("2026-01-31T10:00:00Z");
  private static final Instant LATER = Instant.parse("2026-01-31T11:00:00.123Z");

  private static List<Condition> before() {
    var conditions = new Conditions(null, 1, EARLIER);
    conditions.markFalse(ConditionType.Ready, Reason.PodsStarting, "0 of 1");
    return conditions.list();
  }

  private static Condition ready(Conditions conditions) {
    return Conditions.find(conditions.list(), ConditionType.Ready).orElseThrow();
  }

  @Test
  void theTimeOfTransitionStaysWhileTheStatusDoes() {
    var conditions = new Conditions(before(), 2, LATER);
    conditions.markFalse(ConditionType.Ready, Reason.ImagePullFailed, "no image");
    assertEquals("2026-01-31T10:00:00Z", ready(conditions).getLastTransitionTime());
    assertEquals("ImagePullFailed", ready(conditions).getReason());
    assertEquals(2, ready(conditions).getObservedGeneration());
  }

  @Test
  void theTimeOfTransitionMovesWithTheStatus() {
    var conditions = new Conditions(before(), 1, LATER);
    conditions.markTrue(ConditionType.Ready, Reason.Ready, "1 of 1");
    assertEquals("2026-01-31T11:00:00Z", ready(conditions).getLastTransitionTime());
  }

  @Test
  void conditionsComeInTheOrderOfTheirTypes() {
    var conditions = new Conditions(List.of(), 1, LATER);
    conditions.markTrue(ConditionType.Ready, Reason.Ready, "");
    conditions.markUnknown(ConditionType.ResolvedRefs, Reason.NotAccepted, "");
    conditions.markTrue(ConditionType.Accepted, Reason.Accepted, "");
    assertEquals(
        List.of("Accepted", "ResolvedRefs", "Ready"),
        conditions.list().stream().map(Condition::getType).toList());
  }

  @Test
  void aMessageIsNoLongerThanAnApiServerTakes() {
    var conditions = new Conditions(List.of(), 1, LATER);
    conditions.markFalse(ConditionType.Ready, Reason.Refused, "x".repeat(40_000));
    assertEquals(32_768, ready(conditions).getMessage().length());
    assertTrue(ready(conditions).getMessage().endsWith("…"));
  }
}
