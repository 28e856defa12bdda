package dev.kubewsgi.operator.apply;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why an object is not as it should be.
 *
 * @param cause what stands in the way
 * @param object its kind and name, {@code Deployment site1-group}
 * @param message a sentence; of a refusal, the API server's own words
 */
public record Failure(Cause cause, String object, String message) {

  /**
   * Conflict, too many requests, unavailable, too late. Not 500: an admission webhook that fails is
   * an internal error too, and so is a field that the API server does not know.
   */
  private static final Set<Integer> PASSING = Set.of(409, 429, 503, 504);

  /** What stands in the way of an object. */
  public enum Cause {
    /** Somebody else's object has its name. */
    NotOwned,
    /** The object of an earlier owner of the same name is still being collected. */
    Predecessor,
    /** The API server does not take it. */
    Refused,
    /**
     * It changed since it was seen, or the API server has other worries; the next attempt helps, or
     * the one after it.
     */
    Delayed
  }

  /** Whether one of the next attempts will do, without anybody having to know. */
  public boolean isPassing() {
    return cause == Cause.Delayed;
  }

  /** The same, as one that passes by itself. */
  Failure delayed() {
    return new Failure(Cause.Delayed, object, message);
  }

  /** All of them in a line. */
  public static String describe(List<Failure> failures) {
    return failures.stream()
        .map(failure -> failure.object() + ": " + failure.message())
        .collect(Collectors.joining("; "));
  }

  static Failure notOwned(HasMetadata found) {
    return new Failure(
        Cause.NotOwned,
        label(found),
        "it is there already and belongs to somebody else: nothing was changed in it; rename or"
            + " delete one of the two");
  }

  static Failure predecessor(HasMetadata found) {
    return new Failure(
        Cause.Predecessor,
        label(found),
        "it is left from an earlier object of this name and has yet to be collected");
  }

  /**
   * Of what the API server did not do, or was not heard to do.
   *
   * @param object what it is about
   */
  static Failure of(String object, KubernetesClientException refusal) {
    int code = refusal.getCode();
    Cause cause = code <= 0 || PASSING.contains(code) ? Cause.Delayed : Cause.Refused;
    return new Failure(cause, object, code <= 0 ? unanswered(refusal) : words(refusal));
  }

  private static String unanswered(KubernetesClientException failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return "the API server did not answer (" + innermost + ")";
  }

  /** The API server's own, where it has any. */
  public static String words(KubernetesClientException refusal) {
    return refusal.getStatus() != null && refusal.getStatus().getMessage() != null
        ? refusal.getStatus().getMessage()
        : refusal.getMessage();
  }

  static String label(HasMetadata object) {
    return object.getKind() + " " + object.getMetadata().getName();
  }
}
