package dev.kubewsgi.operator.status;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the events of an object what changed about it. The same thing again is the same event,
 * counted. An event that cannot be written is lost, for nothing depends on it.
 */
public final class Events {

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int CONFLICT = 409;
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  /** What an API server takes. */
  private static final int LONGEST_MESSAGE = 1024;

  private static final int LONGEST_NAME = 200;

  private final KubernetesClient client;
  private final Clock clock;
  private final Tally tally = new Tally();

  /** Goes into the names, so that nothing is counted on from what an earlier operator told. */
  private final String run = UUID.randomUUID().toString();

  public Events(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Tells of an object that serves now, or does not for a reason that is not passing by itself.
   *
   * @param before its conditions until now; null: none
   */
  public void readinessChanged(HasMetadata about, List<Condition> before, List<Condition> after) {
    Condition ready = Conditions.find(after, ConditionType.Ready).orElseThrow();
    Optional<Condition> last = Conditions.find(before, ConditionType.Ready);
    boolean news =
        last.isEmpty()
            || !last.get().getStatus().equals(ready.getStatus())
            || !last.get().getReason().equals(ready.getReason());
    if (!news || Reason.valueOf(ready.getReason()).isProgress()) {
      return;
    }
    String type = Reason.valueOf(ready.getReason()).isFault() ? "Warning" : "Normal";
    tell(about, type, ready.getReason(), ready.getMessage());
  }

  /** Tells of something that was done. */
  public void done(HasMetadata about, String reason, String message) {
    tell(about, "Normal", reason, message);
  }

  private void tell(HasMetadata about, String type, String reason, String message) {
    Event event = event(about, type, reason, message);
    try {
      client.resource(event).create();
      tally.first(event.getMetadata().getName());
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT) {
        again(event);
      } else {
        LOG.debug("an event of {} is lost", about.getMetadata().getName(), e);
      }
    }
  }

  private void again(Event event) {
    String merge =
        "{\"count\": %d, \"lastTimestamp\": \"%s\"}"
            .formatted(tally.again(event.getMetadata().getName()), event.getLastTimestamp());
    try {
      client.resource(event).patch(MERGE, merge);
    } catch (KubernetesClientException e) {
      LOG.debug("an event is not counted", e);
    }
  }

  private Event event(HasMetadata about, String type, String reason, String message) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String uid = about.getMetadata().getUid();
    String said = shortened(message, LONGEST_MESSAGE);
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getMetadata().getNamespace())
        .withName(name(about.getMetadata().getName(), run + uid + type + reason + said))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(about.getMetadata().getNamespace())
        .withName(about.getMetadata().getName())
        .withUid(uid)
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(said)
        .withCount(1)
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withNewSource(Names.MANAGER, null)
        .withReportingComponent(Names.MANAGER)
        .build();
  }

  private static String name(String object, String content) {
    return shortened(object, LONGEST_NAME)
        + "."
        + UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String shortened(String text, int length) {
    return text.substring(0, Math.min(length, text.length()));
  }
}
