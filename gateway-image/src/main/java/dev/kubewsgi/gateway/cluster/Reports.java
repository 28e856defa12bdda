package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a gateway reports, made from how it is doing. */
final class Reports {

  private Reports() {}

  static GatewayReport of(GatewayStatus status) {
    var revisions = new HashMap<String, String>();
    status.routeTables().stream()
        .flatMap(table -> table.applicationGroups().stream())
        .forEach(group -> revisions.put(group.id(), group.revision()));
    return new GatewayReport(
        status.applicationGroups().stream()
            .filter(group -> revisions.containsKey(group.id()))
            .collect(
                Collectors.toMap(
                    ApplicationGroupStatus::id, group -> report(group, revisions.get(group.id())))),
        listeners(status));
  }

  private static Map<String, Trouble> listeners(GatewayStatus status) {
    var troubles = new HashMap<String, Trouble>();
    status
        .closedListeners()
        .forEach((name, why) -> troubles.put(name, new Trouble(why.code(), why.message())));
    return troubles;
  }

  /**
   * @param newest the revision that is to run
   */
  static ApplicationReport report(ApplicationGroupStatus group, String newest) {
    if (isReady(group, newest::equals)) {
      return ApplicationReport.serving(newest);
    }
    var older = isReady(group, revision -> !revision.equals(newest));
    return group
        .failure()
        .map(failure -> ApplicationReport.failed(newest, older, trouble(failure)))
        .orElseGet(() -> ApplicationReport.starting(newest, older));
  }

  private static boolean isReady(ApplicationGroupStatus group, Predicate<String> revision) {
    return group.workers().stream()
        .filter(worker -> worker.state() == State.READY)
        .map(WorkerStatus::revision)
        .anyMatch(revision);
  }

  private static Trouble trouble(LoadFailure failure) {
    var lastLine =
        failure.traceback().lines().filter(line -> !line.isBlank()).reduce((_, line) -> line);
    return new Trouble(failure.code(), lastLine.map(String::strip).orElse(failure.message()));
  }
}
