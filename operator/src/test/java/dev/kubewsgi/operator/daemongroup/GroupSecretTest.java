package dev.kubewsgi.operator.daemongroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Manifests;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupSecretTest {

  private static final DaemonGroup NEVER = Manifests.group("{}");
  private static final DaemonGroup ONCE =
      Manifests.group("{secretRotatedAt: '2026-01-31T10:00:00Z'}");
  private static final DaemonGroup TWICE =
      Manifests.group("{secretRotatedAt: '2026-02-28T10:00:00Z'}");

  private int made;

  private Secret next(DaemonGroup group, Secret existing) {
    return GroupSecret.next(group, Optional.ofNullable(existing), () -> "random" + ++made);
  }

  private static Map<String, String> texts(Secret secret) {
    Map<String, String> texts = new TreeMap<>();
    secret
        .getData()
        .forEach(
            (key, value) ->
                texts.put(
                    key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    return texts;
  }

  @Test
  void itIsMadeOnce() {
    Secret first = next(NEVER, null);
    assertEquals(Map.of("current", "random1"), texts(first));
    assertEquals(first, next(NEVER, first));
  }

  @Test
  void eachOtherTimeRotatesItOnce() {
    Secret rotated = next(ONCE, next(NEVER, null));
    assertEquals(Map.of("current", "random2", "previous", "random1"), texts(rotated));
    assertEquals(texts(rotated), texts(next(ONCE, rotated)));
    assertEquals(Map.of("current", "random3", "previous", "random2"), texts(next(TWICE, rotated)));
  }

  @Test
  void aRotationHoldsOnlyForTheSecretThatWasSeen() {
    Secret existing = next(NEVER, null);
    existing.getMetadata().setResourceVersion("42");
    assertEquals("42", next(ONCE, existing).getMetadata().getResourceVersion());
  }

  @Test
  void aSecretThatIsMadeAnewNeedsNoRotation() {
    Secret anew = next(ONCE, null);
    assertEquals(Map.of("current", "random1"), texts(anew));
    assertFalse(GroupSecret.isToBeRotated(ONCE, anew));
  }

  @Test
  void withoutATimeNothingIsRotatedBack() {
    Secret rotated = next(ONCE, next(NEVER, null));
    assertEquals(texts(rotated), texts(next(NEVER, rotated)));
    assertEquals(texts(rotated), texts(next(ONCE, next(NEVER, rotated))));
  }

  @Test
  void whatOthersPutIntoItIsNotTakenOver() {
    Secret existing = next(NEVER, null);
    existing.getData().put("theirs", "eA==");
    assertEquals(Map.of("current", "random1"), texts(next(NEVER, existing)));
  }

  @Test
  void whatOthersWriteAsTheSecretIsTheSecretAndTheOneBeforeIsWhatTheySay() {
    Secret existing = next(NEVER, null);
    existing.setData(Map.of("current", "dGhlaXJz"));
    assertEquals(Map.of("current", "theirs"), texts(next(NEVER, existing)));
    existing.setData(Map.of("current", "dGhlaXJz", "previous", "b3Vycw=="));
    assertEquals(Map.of("current", "theirs", "previous", "ours"), texts(next(NEVER, existing)));
  }

  @Test
  void itsDigitsAreManyAndDiffer() {
    assertTrue(GroupSecret.random().matches("[0-9a-f]{64}"));
    assertFalse(GroupSecret.random().equals(GroupSecret.random()));
  }
}
