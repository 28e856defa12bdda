package dev.kubewsgi.gateway.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a supervisor says of itself and its workers, whole, at every change. Times are ISO 8601.
 *
 * @param pid the supervisor's
 * @param sequence of the group document in force; 0: of none that has one
 * @param exits of workers, the newest last
 */
record SupervisorState(long pid, long sequence, List<Unit> applicationGroups, List<Exit> exits) {

  /** An application group at a revision; an old revision that drains is an entry of its own. */
  record Unit(String id, String revision, String state, List<Worker> workers, Fault failure) {

    Unit {
      workers = workers == null ? List.of() : workers;
    }

    State status() {
      return SupervisorState.status(state);
    }
  }

  /**
   * A process.
   *
   * @param threads that it serves requests with; 0: it does not say
   * @param overtime what has run for longer than requestTimeout and still does
   */
  record Worker(long pid, String state, String since, int threads, List<Overtime> overtime) {

    Worker {
      overtime = overtime == null ? List.of() : overtime;
    }

    State status() {
      return SupervisorState.status(state);
    }

    Instant started() {
      return Instant.parse(since);
    }
  }

  /**
   * A request that has run for too long.
   *
   * @param request its id
   * @param stack where it stood in Python
   */
  record Overtime(String request, String stack) {}

  /** Why an application could not be loaded. */
  record Fault(String code, String message, String traceback, String retryAt) {

    Optional<Instant> retry() {
      return Optional.ofNullable(retryAt).map(Instant::parse);
    }
  }

  /**
   * The end of a worker.
   *
   * @param at when
   * @param expected it had drained
   * @param limit the one that it had reached, and what it had: {@code memoryLimit (312 MiB)}; null:
   *     none
   */
  record Exit(
      long pid,
      Integer signal,
      String signalName,
      Integer exitCode,
      String at,
      boolean expected,
      String limit) {

    /** What a worker may reach; it says so itself, and its word becomes no other label. */
    private static final Set<String> LIMITS =
        Set.of(
            "maximumRequests",
            "restartInterval",
            "inactivityTimeout",
            "cpuTimeLimit",
            "memoryLimit",
            "requestTimeout");

    /** In a word: {@code died}, {@code drained}, or the limit for which it was replaced. */
    String cause() {
      if (!expected) {
        return "died";
      }
      String reached = limit == null ? "" : limit.substring(0, (limit + " ").indexOf(' '));
      return LIMITS.contains(reached) ? reached : "drained";
    }

    String manner() {
      if (signalName != null) {
        return "was killed by " + signalName;
      }
      return signal != null ? "was killed by signal " + signal : "ended with exit code " + exitCode;
    }
  }

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  SupervisorState {
    applicationGroups = applicationGroups == null ? List.of() : applicationGroups;
    exits = exits == null ? List.of() : exits;
  }

  /** Of a supervisor that has said nothing yet. */
  static SupervisorState unknown() {
    return new SupervisorState(0, 0, List.of(), List.of());
  }

  /** Whether it is what a supervisor said. */
  boolean isKnown() {
    return pid != 0;
  }

  static SupervisorState parse(String line) throws InvalidAnswer {
    try {
      return JSON.readValue(line, SupervisorState.class);
    } catch (JsonProcessingException e) {
      throw new InvalidAnswer("an event is not as documented: " + e.getOriginalMessage());
    }
  }

  private static State status(String state) {
    return State.valueOf(state.toUpperCase(Locale.ROOT));
  }
}
