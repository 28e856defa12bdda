package dev.kubewsgi.gateway.status;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.ProcessGroup;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How an application group is doing: the same form for both modes.
 *
 * @param id of the application group in the route table
 * @param name what {@code mod_wsgi.application_group} says
 * @param processGroup {@code namespace/name} of the daemon group; empty: embedded
 * @param state of what serves requests now
 * @param workers the processes, or for embedded mode the one interpreter, old ones that drain
 *     included
 * @param waiting requests in the queue for it
 * @param failure why the newest code could not be loaded; what ran before it goes on
 */
public record ApplicationGroupStatus(
    String id,
    String name,
    Optional<String> processGroup,
    State state,
    List<WorkerStatus> workers,
    int waiting,
    Optional<LoadFailure> failure) {

  public ApplicationGroupStatus {
    workers = List.copyOf(workers);
  }

  /** Of one that cannot run at all, because there is no Python for its mode. */
  public static ApplicationGroupStatus unavailable(
      ApplicationGroup group, String code, String message) {
    return new ApplicationGroupStatus(
        group.id(),
        group.name(),
        switch (group.processGroup()) {
          case ProcessGroup.Embedded() -> Optional.empty();
          case ProcessGroup.Daemon(String id) -> Optional.of(id);
        },
        State.FAILED,
        List.of(),
        0,
        Optional.of(new LoadFailure(code, message, "", Optional.empty())));
  }

  /** Of an application group or a worker. */
  public enum State {
    STARTING,
    READY,
    DRAINING,
    FAILED
  }

  /**
   * A worker process, or an embedded interpreter.
   *
   * @param pid of the process that runs it
   * @param revision of the code that it loaded
   * @param since when it was started
   * @param overtime what it has run for too long
   */
  public record WorkerStatus(
      long pid,
      State state,
      String revision,
      Instant since,
      List<ThreadStatus> threads,
      List<OvertimeRequest> overtime) {

    public WorkerStatus {
      threads = List.copyOf(threads);
      overtime = List.copyOf(overtime);
    }
  }

  /**
   * One thread of a worker: a slot.
   *
   * @param id unique in the worker
   * @param running the request that it runs; empty: idle
   * @param lost whether that request could not be ended: until it does, the thread runs no other
   */
  public record ThreadStatus(int id, Optional<RunningRequest> running, boolean lost) {}

  /**
   * A request in application code.
   *
   * @param since when it was handed to the thread
   */
  public record RunningRequest(String requestId, String method, String target, Instant since) {}

  /**
   * A request that has run for longer than requestTimeout and still does, answered or not.
   *
   * @param stack where it stood in Python then
   */
  public record OvertimeRequest(String requestId, String stack) {}

  /**
   * An import that failed.
   *
   * @param code {@code KW3xx}
   * @param message what is wrong, where, and the cure
   * @param traceback Python's, empty where there is none
   * @param retryAt when it is tried again by itself; empty: when the code changes
   */
  public record LoadFailure(
      String code, String message, String traceback, Optional<Instant> retryAt) {}
}
