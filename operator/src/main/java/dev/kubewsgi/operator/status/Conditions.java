package dev.kubewsgi.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The conditions of one object while its new status is made. They are set through the verbs of the
 * object's kind alone, which say what each status, reason and message go with.
 *
 * <p>A condition whose status stays what it was keeps its {@code lastTransitionTime}.
 */
public final class Conditions {

  /** What an API server takes. */
  private static final int LONGEST_MESSAGE = 32768;

  private final List<Condition> previous;
  private final long generation;
  private final Instant now;
  private final Map<ConditionType, Condition> marked = new EnumMap<>(ConditionType.class);
  private Optional<Condition> cause = Optional.empty();

  /**
   * Begins with none.
   *
   * @param previous those of the object's last status; null: it has none
   * @param generation of the spec that they will be about
   */
  public Conditions(List<Condition> previous, long generation, Instant now) {
    this.previous = previous == null ? List.of() : previous;
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** It is so. */
  public void markTrue(ConditionType type, Reason reason, String message) {
    mark(type, "True", reason, message);
  }

  /** It is not so. The first of these is the cause of the others. */
  public void markFalse(ConditionType type, Reason reason, String message) {
    mark(type, "False", reason, message);
    cause = cause.or(() -> Optional.of(marked.get(type)));
  }

  /** It is not so if anything was marked false before, and for that reason. */
  public boolean markFalseForCause(ConditionType type) {
    cause.ifPresent(
        first -> mark(type, "False", Reason.valueOf(first.getReason()), first.getMessage()));
    return cause.isPresent();
  }

  /** Its kind's definition is another than the operator's, which is no cause of anything else. */
  public void markUnsupported(String message) {
    mark(ConditionType.SupportedVersion, "False", Reason.UnsupportedVersion, message);
  }

  /** Nobody can know yet. */
  public void markUnknown(ConditionType type, Reason reason, String message) {
    mark(type, "Unknown", reason, message);
  }

  private void mark(ConditionType type, String status, Reason reason, String message) {
    marked.put(
        type,
        new ConditionBuilder()
            .withType(type.name())
            .withStatus(status)
            .withReason(reason.name())
            .withMessage(shortened(message))
            .withObservedGeneration(generation)
            .withLastTransitionTime(transition(type, status))
            .build());
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE - 1) + "…";
  }

  private String transition(ConditionType type, String status) {
    return find(previous, type)
        .filter(last -> Objects.equals(last.getStatus(), status))
        .map(Condition::getLastTransitionTime)
        .orElseGet(now::toString);
  }

  /** In the order of their types. */
  public List<Condition> list() {
    return List.copyOf(marked.values());
  }

  /** The condition of a type, in a list that may be null. */
  public static Optional<Condition> find(List<Condition> conditions, ConditionType type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(each -> type.name().equals(each.getType())).findFirst();
  }
}
