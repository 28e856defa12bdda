package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportsTest {

  private static final String TRACEBACK =
      "Traceback (most recent call last):\n  File \"a.py\"\nImportError: no b\n\n";

  @Test
  void servesWhenAWorkerOfTheNewestRevisionIsReady() {
    var group = group(Optional.of(failure(TRACEBACK)), worker("r2", State.READY));
    assertEquals(ApplicationReport.serving("r2"), Reports.report(group, "r2"));
  }

  @Test
  void startsBesideAnOlderRevisionThatServes() {
    var group = group(Optional.empty(), worker("r1", State.READY), worker("r2", State.STARTING));
    assertEquals(ApplicationReport.starting("r2", true), Reports.report(group, "r2"));
  }

  @Test
  void aWorkerThatDrainsDoesNotServe() {
    var group = group(Optional.empty(), worker("r1", State.DRAINING));
    assertEquals(ApplicationReport.starting("r2", false), Reports.report(group, "r2"));
  }

  @Test
  void aFailureIsToldByTheTracebacksLastLine() {
    var group = group(Optional.of(failure(TRACEBACK)));
    assertEquals(
        ApplicationReport.failed("r2", false, new Trouble("KW304", "ImportError: no b")),
        Reports.report(group, "r2"));
  }

  @Test
  void aFailureWithoutATracebackIsToldByItsMessage() {
    var group = group(Optional.of(failure("")), worker("r1", State.READY));
    assertEquals(
        ApplicationReport.failed("r2", true, new Trouble("KW304", "it raised")),
        Reports.report(group, "r2"));
  }

  private static LoadFailure failure(String traceback) {
    return new LoadFailure("KW304", "it raised", traceback, Optional.empty());
  }

  private static WorkerStatus worker(String revision, State state) {
    return new WorkerStatus(1, state, revision, Instant.EPOCH, List.of(), List.of());
  }

  private static ApplicationGroupStatus group(
      Optional<LoadFailure> failure, WorkerStatus... workers) {
    return new ApplicationGroupStatus(
        "web/site1|a",
        "*|/a",
        Optional.of("web/site1"),
        State.STARTING,
        List.of(workers),
        0,
        failure);
  }
}
