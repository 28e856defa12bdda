package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.OvertimeRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.RunningRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.ThreadStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the supervisors say of an application group, and what the gateway sends to its workers. */
final class StatusReport {

  private StatusReport() {}

  static ApplicationGroupStatus of(
      String group, ApplicationGroup desired, Lane<WorkerConnection> lane, List<Replica> replicas) {
    List<WorkerStatus> workers = new ArrayList<>();
    Optional<LoadFailure> failure = Optional.empty();
    for (Replica replica : replicas) {
      for (SupervisorState.Unit unit : replica.units(desired.id())) {
        unit.workers().forEach(worker -> workers.add(worker(replica, unit, worker)));
      }
      failure =
          failure.or(
              () -> replica.fault(desired.id(), desired.revision()).map(StatusReport::failure));
    }
    return new ApplicationGroupStatus(
        desired.id(),
        desired.name(),
        Optional.of(group),
        state(workers, lane.isBlocked(), failure),
        workers,
        lane.waiting(),
        failure);
  }

  /**
   * Ready when requests are let in, a moment after a supervisor has said that a worker is: aliases
   * move here on this word.
   */
  private static State state(
      List<WorkerStatus> workers, boolean blocked, Optional<LoadFailure> failure) {
    if (!blocked && workers.stream().anyMatch(worker -> worker.state() == State.READY)) {
      return State.READY;
    }
    return failure.isPresent() ? State.FAILED : State.STARTING;
  }

  private static WorkerStatus worker(
      Replica replica, SupervisorState.Unit unit, SupervisorState.Worker worker) {
    List<ThreadStatus> threads = new ArrayList<>();
    WorkerSlots slots = replica.worker(worker.pid());
    for (int i = 0; slots != null && i < slots.threads(); i++) {
      threads.add(new ThreadStatus(i, running(slots.connection(i)), false));
    }
    return new WorkerStatus(
        worker.pid(),
        worker.status(),
        unit.revision(),
        worker.started(),
        threads,
        worker.overtime().stream()
            .map(each -> new OvertimeRequest(each.request(), each.stack()))
            .toList());
  }

  private static Optional<RunningRequest> running(WorkerConnection connection) {
    DaemonRequest request = connection == null ? null : connection.current();
    return Optional.ofNullable(request)
        .map(DaemonRequest::request)
        .map(r -> new RunningRequest(r.id(), r.method(), r.target(), request.since()));
  }

  private static LoadFailure failure(SupervisorState.Fault fault) {
    return new LoadFailure(fault.code(), fault.message(), fault.traceback(), fault.retry());
  }
}
