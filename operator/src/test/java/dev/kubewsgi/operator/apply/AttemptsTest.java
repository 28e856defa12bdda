package dev.kubewsgi.operator.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.operator.apply.Failure.Cause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final Failure QUOTA = new Failure(Cause.Refused, "Service x", "exceeded quota");
  private static final Failure BUSY = new Failure(Cause.Delayed, "Service x", "busy");

  private final RecordedLog log = RecordedLog.ofThisThread();
  private final DaemonGroup group = Manifests.group("{}");
  private Instant now = Instant.EPOCH;
  private final Attempts<DaemonGroup> attempts =
      new Attempts<>(
          new GenericRetry()
              .setInitialInterval(1000)
              .setIntervalMultiplier(2)
              .setMaxInterval(4000)
              .withoutMaxAttempts(),
          clock());

  private Clock clock() {
    return ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  }

  @AfterEach
  void end() {
    log.close();
  }

  /** As the framework hands it over. */
  private long fail(Failure... failures) {
    Unfinished thrown =
        assertThrows(Unfinished.class, () -> attempts.end(group, List.of(failures)));
    return attempts.failed(group, new OperatorException(thrown)).getScheduleDelay().orElseThrow();
  }

  @Test
  void pausesBetweenThemGrowUntilOneSucceeds() {
    assertEquals(List.of(1000L, 1000L, 2000L, 4000L, 4000L), pauses(5));
    attempts.end(group, List.of());
    assertEquals(1000, fail(QUOTA));
  }

  /** Of attempts that are each made when the pause before is over. */
  private List<Long> pauses(int attempts) {
    return IntStream.range(0, attempts)
        .mapToObj(
            i -> {
              long pause = fail(QUOTA);
              now = now.plusMillis(pause);
              return pause;
            })
        .toList();
  }

  @Test
  void attemptsThatEventsBringAboutInAPauseDoNotMakeItLonger() {
    fail(QUOTA);
    now = now.plusMillis(400);
    for (int i = 0; i < 20; i++) {
      assertEquals(600, fail(QUOTA));
    }
    now = now.plusMillis(600);
    assertEquals(1000, fail(QUOTA));
  }

  @Test
  void whatFailsIsSaidOnceUntilItIsAnotherThing() {
    fail(QUOTA);
    fail(QUOTA);
    fail(new Failure(Cause.NotOwned, "Service x", "somebody else's"));
    fail(QUOTA);
    assertEquals(
        List.of("exceeded quota", "somebody else's", "exceeded quota"),
        log.messages("KW228").stream()
            .map(each -> each.substring(each.lastIndexOf(": ") + 2))
            .toList());
    attempts.end(group, List.of());
    attempts.end(group, List.of());
    assertEquals(1, log.messages("everything of it is written").size());
  }

  @Test
  void whatPassesIsNotTold() {
    assertFalse(attempts.isToBeTold(group, List.of(BUSY)));
    fail(BUSY);
    attempts.end(group, List.of());
    assertEquals(List.of(), log.lines());
  }

  @Test
  void whatShouldPassAndLastsIsTold() {
    fail(BUSY);
    now = now.plusSeconds(2);
    fail(BUSY);
    assertEquals(List.of(), log.messages("KW228"));
    now = now.plusSeconds(2);
    assertTrue(attempts.isToBeTold(group, List.of(BUSY)));
    fail(BUSY);
    assertEquals(1, log.messages("KW228").size());
    attempts.end(group, List.of());
    assertFalse(attempts.isToBeTold(group, List.of(BUSY)), "it begins anew");
  }

  @Test
  void whatDoesNotPassIsToldAtOnce() {
    assertTrue(attempts.isToBeTold(group, List.of(BUSY, QUOTA)));
    assertTrue(attempts.isToBeTold(group, List.of()));
  }

  @Test
  void aStatusThatIsRefusedIsSaidAndOneThatNobodyAnswersForIsNot() {
    now = now.plusSeconds(1);
    attempts.failed(group, new KubernetesClientException("Connection refused"));
    now = now.plusSeconds(60);
    attempts.failed(group, new KubernetesClientException("Connection refused"));
    assertEquals(List.of(), log.lines());
    attempts.failed(group, new KubernetesClientException("not allowed", 403, null));
    assertEquals(1, log.messages("not allowed").size());
  }

  @Test
  void aConflictAboutTheStatusDoesNotTakeThePlaceOfWhatStandsInTheWay() {
    fail(QUOTA);
    now = now.plusSeconds(60);
    conflict();
    fail(QUOTA);
    now = now.plusSeconds(60);
    conflict();
    assertEquals(1, log.messages("KW228").size(), () -> log.lines().toString());
    now = now.plusSeconds(3);
    conflict();
    assertEquals(1, log.messages("its status: edited").size());
  }

  private void conflict() {
    attempts.failed(group, new KubernetesClientException("edited", 409, null));
  }

  @Test
  void whatNobodyExpectsIsLeftToTheFramework() {
    assertTrue(attempts.failed(group, new IllegalStateException()).isDefaultErrorProcessing());
  }
}
