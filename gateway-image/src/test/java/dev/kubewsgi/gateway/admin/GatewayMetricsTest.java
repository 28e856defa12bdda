package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.http.HttpStats;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayMetricsTest {

  private static final HttpStats.Snapshot HTTP =
      new HttpStats.Snapshot(
          new long[] {0, 0, 9, 0, 4, 1, 0, 0, 0, 0},
          Map.of(FailureCode.QUEUE_FULL, 1L),
          2,
          3,
          10,
          20,
          new long[] {250, 1_000_000},
          new long[] {5, 6, 3},
          2_500_000);

  private final List<String> lines = scrape();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubewsgi_ready 1.0",
        "kubewsgi_draining 0.0",
        "kubewsgi_cluster_api_reachable 0.0",
        "kubewsgi_cluster_api_failures_total 7.0",
        "kubewsgi_cluster_unreadable_documents_total 1.0",
        "kubewsgi_http_connections 3.0",
        "kubewsgi_http_requests_in_flight 2.0",
        "kubewsgi_http_request_body_bytes_total 10.0",
        "kubewsgi_http_response_body_bytes_total 20.0",
        "kubewsgi_http_responses_total{status=\"4xx\"} 4.0",
        "kubewsgi_http_failures_total{code=\"KW501\"} 1.0",
        "kubewsgi_group_slots{group=\"default/site1\"} 2.0",
        "kubewsgi_group_busy_slots{group=\"default/site1\"} 1.0",
        "kubewsgi_group_queue_length{group=\"default/site1\"} 3.0",
        "kubewsgi_group_queue_oldest_wait_seconds{group=\"default/site1\"} 1.5",
        "kubewsgi_group_requests_put_back_total{group=\"default/site1\"} 4.0",
        "kubewsgi_group_worker_ends_total{cause=\"memoryLimit\",group=\"default/site1\"} 3.0",
        "kubewsgi_group_supervisors{group=\"default/site1\"} 1.0",
      })
  void isWritten(String line) {
    assertTrue(lines.contains(line), () -> line + " is not in\n" + String.join("\n", lines));
  }

  @Test
  void theBucketsOfTheDurationAreCumulatedAndInSeconds() {
    assertEquals(
        List.of(
            "kubewsgi_http_request_duration_seconds_bucket{le=\"2.5E-4\"} 5",
            "kubewsgi_http_request_duration_seconds_bucket{le=\"1.0\"} 11",
            "kubewsgi_http_request_duration_seconds_bucket{le=\"+Inf\"} 14",
            "kubewsgi_http_request_duration_seconds_count 14",
            "kubewsgi_http_request_duration_seconds_sum 2.5"),
        lines.stream().filter(line -> line.startsWith("kubewsgi_http_request_duration")).toList());
  }

  @Test
  void anApplicationGroupIsInOneState() {
    List<String> states =
        lines.stream()
            .filter(line -> line.startsWith("kubewsgi_application_group_state"))
            .filter(line -> line.contains("default/site1|shop") && line.endsWith(" 1.0"))
            .toList();

    assertEquals(1, states.size());
    assertTrue(states.getFirst().contains("state=\"ready\""));
  }

  @Test
  void labelsNameOnlyWhatIsDeclared() {
    Pattern label = Pattern.compile("(\\w+)=\"");
    List<String> names =
        lines.stream()
            .flatMap(line -> label.matcher(line).results().map(found -> found.group(1)))
            .distinct()
            .sorted()
            .toList();

    assertEquals(
        List.of("application_group", "cause", "code", "group", "le", "state", "status"), names);
  }

  private static List<String> scrape() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    GatewayMetrics.of(new FixedStatus(true, false), HTTP).forEach(all::metricSnapshot);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, all.build());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return text.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }
}
