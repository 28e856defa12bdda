package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.ApplicationGroupInfo;
import dev.kubewsgi.gateway.admin.api.GroupInfo;
import dev.kubewsgi.gateway.admin.api.StatusView;
import dev.kubewsgi.gateway.http.HttpStats;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ClusterStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The project's own metrics, read when they are asked for: a request pays for none of them. Labels
 * are names of declared objects and codes, never anything that a client sent.
 */
final class GatewayMetrics {

  private static final double MICROS_PER_SECOND = 1e6;

  private GatewayMetrics() {}

  static List<MetricSnapshot> of(GatewayStatus status, HttpStats.Snapshot http) {
    StatusView view = new StatusView(status, Instant.now());
    return Stream.of(
            process(status),
            status.cluster().stream().flatMap(GatewayMetrics::cluster),
            http(http),
            groups(view.groups()),
            applicationGroups(view.applicationGroups()))
        .flatMap(metrics -> metrics)
        .toList();
  }

  private static Stream<MetricSnapshot> process(GatewayStatus status) {
    return Stream.of(
        gauge(
            "kubewsgi_ready",
            "1 when every application has loaded or failed to.",
            status.isReady() ? 1 : 0),
        gauge(
            "kubewsgi_draining",
            "1 when the process is about to end.",
            status.isDraining() ? 1 : 0));
  }

  private static Stream<MetricSnapshot> cluster(ClusterStatus cluster) {
    return Stream.of(
        gauge(
            "kubewsgi_cluster_api_reachable",
            "1 while the API server answers; what is known is served in any case.",
            cluster.reachable() ? 1 : 0),
        counter(
            "kubewsgi_cluster_api_failures",
            "Requests to the API server that failed, and watches that broke off.",
            cluster.failures()),
        counter(
            "kubewsgi_cluster_unreadable_documents",
            "Documents that were not taken, because another release wrote them or they are damaged.",
            cluster.unreadableDocuments()));
  }

  private static Stream<MetricSnapshot> http(HttpStats.Snapshot http) {
    return Stream.of(
        gauge(
            "kubewsgi_http_connections", "Connections that are open.", (double) http.connections()),
        gauge(
            "kubewsgi_http_requests_in_flight",
            "Requests begun and not ended.",
            (double) http.inFlight()),
        counter(
            "kubewsgi_http_request_body_bytes",
            "Bytes of request bodies received.",
            http.bodyBytesReceived()),
        counter(
            "kubewsgi_http_response_body_bytes",
            "Bytes of response bodies sent.",
            http.bodyBytesSent()),
        responses(http.answersByStatusClass()),
        failures(http),
        durations(http));
  }

  /** Nothing is answered with a status below 100 or from 600. */
  private static MetricSnapshot responses(long[] byStatusClass) {
    CounterSnapshot.Builder responses =
        CounterSnapshot.builder()
            .name("kubewsgi_http_responses")
            .help("Answers by the class of their status.");
    IntStream.rangeClosed(1, 5)
        .mapToObj(i -> count(byStatusClass[i], Labels.of("status", i + "xx")))
        .forEach(responses::dataPoint);
    return responses.build();
  }

  private static MetricSnapshot failures(HttpStats.Snapshot http) {
    CounterSnapshot.Builder failures =
        CounterSnapshot.builder()
            .name("kubewsgi_http_failures")
            .help("Requests refused or failed, by code (docs/errors.md).");
    http.failures()
        .forEach((code, count) -> failures.dataPoint(count(count, Labels.of("code", code.code()))));
    return failures.build();
  }

  private static MetricSnapshot durations(HttpStats.Snapshot http) {
    double[] bounds =
        DoubleStream.concat(
                Arrays.stream(http.bucketMicros()).mapToDouble(bound -> bound / MICROS_PER_SECOND),
                DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();
    Long[] counts = Arrays.stream(http.latencyBuckets()).boxed().toArray(Long[]::new);
    return HistogramSnapshot.builder()
        .name("kubewsgi_http_request_duration_seconds")
        .help("From the first byte of a request to the last of its answer.")
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(http.latencyMicros() / MICROS_PER_SECOND)
                .build())
        .build();
  }

  private static Stream<MetricSnapshot> groups(List<GroupInfo> groups) {
    Function<GroupInfo, Labels> labels = group -> Labels.of("group", group.id());
    return Stream.of(
        gauge(
            "kubewsgi_group_slots", "Threads of ready workers.", groups, labels, GroupInfo::slots),
        gauge(
            "kubewsgi_group_busy_slots",
            "Slots that run a request.",
            groups,
            labels,
            GroupInfo::busySlots),
        gauge(
            "kubewsgi_group_queue_length",
            "Requests that wait for a slot.",
            groups,
            labels,
            GroupInfo::waiting),
        gauge(
            "kubewsgi_group_queue_oldest_wait_seconds",
            "How long the oldest of them has waited.",
            groups,
            labels,
            GroupInfo::oldestWaitSeconds),
        putBack(groups),
        workerEnds(groups),
        gauge(
            "kubewsgi_group_supervisors",
            "Supervisors that run.",
            groups,
            labels,
            group -> group.supervisors().size()));
  }

  private static MetricSnapshot putBack(List<GroupInfo> groups) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("kubewsgi_group_requests_put_back")
            .help("Requests that a worker did not take: they went elsewhere, or waited.");
    groups.forEach(
        group -> counter.dataPoint(count(group.putBack(), Labels.of("group", group.id()))));
    return counter.build();
  }

  private static MetricSnapshot workerEnds(List<GroupInfo> groups) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("kubewsgi_group_worker_ends")
            .help("Ends of workers: died, drained, or replaced for the limit that is the cause.");
    groups.forEach(
        group ->
            group
                .workerEnds()
                .forEach(
                    (cause, count) ->
                        counter.dataPoint(
                            count(count, Labels.of("group", group.id(), "cause", cause)))));
    return counter.build();
  }

  private static Stream<MetricSnapshot> applicationGroups(List<ApplicationGroupInfo> groups) {
    return Stream.of(
        states(groups),
        gauge(
            "kubewsgi_application_group_load_failed",
            "1 when its newest code did not load.",
            groups,
            GatewayMetrics::labels,
            group -> group.failure().isPresent() ? 1 : 0),
        gauge(
            "kubewsgi_application_group_threads",
            "Threads of its workers.",
            groups,
            GatewayMetrics::labels,
            ApplicationGroupInfo::threads),
        gauge(
            "kubewsgi_application_group_busy_threads",
            "Threads that run a request.",
            groups,
            GatewayMetrics::labels,
            ApplicationGroupInfo::busyThreads),
        gauge(
            "kubewsgi_application_group_queue_length",
            "Requests that wait for one.",
            groups,
            GatewayMetrics::labels,
            ApplicationGroupInfo::waiting));
  }

  private static MetricSnapshot states(List<ApplicationGroupInfo> groups) {
    GaugeSnapshot.Builder states =
        GaugeSnapshot.builder()
            .name("kubewsgi_application_group_state")
            .help("1 for the state that it is in.");
    for (ApplicationGroupInfo group : groups) {
      for (State state : State.values()) {
        Labels labels = labels(group).add("state", state.name().toLowerCase(Locale.ROOT));
        states.dataPoint(point(group.state() == state ? 1 : 0, labels));
      }
    }
    return states.build();
  }

  private static Labels labels(ApplicationGroupInfo group) {
    return Labels.of(
        "group", group.processGroup().orElse("embedded"), "application_group", group.id());
  }

  private static <T> MetricSnapshot gauge(
      String name,
      String help,
      List<T> rows,
      Function<T, Labels> labels,
      ToDoubleFunction<T> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    rows.forEach(row -> gauge.dataPoint(point(value.applyAsDouble(row), labels.apply(row))));
    return gauge.build();
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return gauge(name, help, List.of(value), _ -> Labels.EMPTY, Double::doubleValue);
  }

  private static MetricSnapshot counter(String name, String help, long value) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(count(value, Labels.EMPTY))
        .build();
  }

  private static CounterDataPointSnapshot count(long value, Labels labels) {
    return CounterDataPointSnapshot.builder().value((double) value).labels(labels).build();
  }

  private static GaugeDataPointSnapshot point(double value, Labels labels) {
    return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}
