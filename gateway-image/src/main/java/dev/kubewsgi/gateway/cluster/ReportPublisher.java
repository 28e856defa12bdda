package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.cluster.ApiObject.ReportBoard;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes this pod's report where the operator reads it: when it is another one than before, at most
 * once a second, and when somebody has lost or changed it, which is looked for once a minute.
 * Confined to the cluster's thread.
 */
final class ReportPublisher {

  private static final Logger LOG = Logger.getLogger(ReportPublisher.class);
  private static final int DOUBLINGS = 6;

  /** Packed. Some pods share one ConfigMap, which holds a megabyte. */
  private static final int LARGEST = 64 * 1024;

  private final GatewayName gateway;
  private final Api api;
  private final Supplier<GatewayReport> reports;
  private final ScheduledExecutorService thread;
  private GatewayReport written;
  private String standing;
  private int failures;
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private boolean withdrawn;

  /**
   * @param reports how the gateway is doing now
   */
  ReportPublisher(
      GatewayName gateway,
      Api api,
      Supplier<GatewayReport> reports,
      ScheduledExecutorService thread) {
    this.gateway = gateway;
    this.api = api;
    this.reports = reports;
    this.thread = thread;
  }

  void start() {
    again(1);
    api.poll(Selection.reports(gateway.namespace(), gateway.status()), this::seen);
  }

  private void seen(ReportBoard board) {
    if (written != null && !standing.equals(board.binaryData().get(gateway.pod()))) {
      written = null;
    }
  }

  private void again(long seconds) {
    thread.schedule(this::look, seconds, TimeUnit.SECONDS);
  }

  private void look() {
    if (withdrawn) {
      return;
    }
    try {
      var report = reports.get();
      if (report.equals(written)) {
        again(1);
      } else {
        write(report);
      }
    } catch (RuntimeException e) { // What changes later must still be reported.
      LOG.error("KW599 this gateway's report cannot be made", e);
      again(1L << DOUBLINGS);
    }
  }

  private void write(GatewayReport report) {
    var packed = Base64.getEncoder().encodeToString(pack(report));
    writing = put("\"" + packed + "\"");
    writing.whenCompleteAsync((_, failure) -> ended(report, packed, failure), thread);
  }

  private CompletableFuture<Void> put(String json) {
    return api.patch(
        "api/v1/namespaces/" + gateway.namespace() + "/configmaps/" + gateway.status(),
        "{\"binaryData\":{\"" + gateway.pod() + "\":" + json + "}}");
  }

  private void ended(GatewayReport report, String packed, Throwable failure) {
    if (failure == null) {
      written = report;
      standing = packed;
      failures = 0;
      again(1);
      return;
    }
    var cause = ApiClient.failure(failure);
    if (failures++ == 0 && cause.isRefusal()) {
      LOG.warnf(
          "KW245 what this gateway serves cannot be reported in ConfigMap %s/%s: %s. It is tried"
              + " again until it can",
          gateway.namespace(), gateway.status(), cause.getMessage());
    }
    again(1L << Math.min(failures, DOUBLINGS));
  }

  /** Takes the report away, after whatever is being written, and writes no more: this pod ends. */
  CompletableFuture<Void> withdraw() {
    return CompletableFuture.supplyAsync(this::takeAway, thread).thenCompose(taken -> taken);
  }

  private CompletableFuture<Void> takeAway() {
    withdrawn = true;
    return writing.handle((_, _) -> put("null")).thenCompose(taken -> taken);
  }

  /** What does not fit is left out, what serves first. */
  static byte[] pack(GatewayReport report) {
    var packed = report.pack();
    var count = report.applicationGroups().size();
    while (packed.length > LARGEST) {
      count = (int) Math.min(count - 1L, (long) count * LARGEST / packed.length);
      packed = first(report, count).pack();
    }
    return packed;
  }

  private static GatewayReport first(GatewayReport report, int count) {
    var worstFirst =
        Comparator.comparing(
                (Map.Entry<String, ApplicationReport> entry) -> entry.getValue().state())
            .reversed()
            .thenComparing(Map.Entry::getKey);
    return new GatewayReport(
        report.applicationGroups().entrySet().stream()
            .sorted(worstFirst)
            .limit(count)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
        report.listeners(),
        true);
  }
}
