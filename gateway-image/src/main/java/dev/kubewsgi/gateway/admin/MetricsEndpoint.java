package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.http.HttpStats;
import dev.kubewsgi.gateway.status.GatewayStatus;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What Prometheus scrapes, in its text format, or as OpenMetrics for those who ask for that. */
@Path("/metrics")
public class MetricsEndpoint {

  private final GatewayStatus status;
  private final HttpStats http;

  MetricsEndpoint(GatewayStatus status, HttpStats http) {
    this.status = status;
    this.http = http;
  }

  /** Of the JVM and its process; made by the first scrape, so that a start does not pay for it. */
  private static final class Jvm {
    static final PrometheusRegistry REGISTRY = new PrometheusRegistry();

    static {
      JvmMemoryMetrics.builder().register(REGISTRY);
      JvmGarbageCollectorMetrics.builder().register(REGISTRY);
      JvmThreadsMetrics.builder().register(REGISTRY);
      JvmRuntimeInfoMetric.builder().register(REGISTRY);
      ProcessMetrics.builder().register(REGISTRY);
    }
  }

  @GET
  @Operation(hidden = true)
  public Response metrics(@HeaderParam(HttpHeaders.ACCEPT) String accept) throws IOException {
    ExpositionFormatWriter format = format(accept);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    format.write(text, snapshots());
    return Response.ok(text.toByteArray()).type(format.getContentType()).build();
  }

  private MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    GatewayMetrics.of(status, http.snapshot()).forEach(all::metricSnapshot);
    Jvm.REGISTRY.scrape().forEach(all::metricSnapshot);
    return all.build();
  }

  private static ExpositionFormatWriter format(String accept) {
    ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
    return openMetrics.accepts(accept) ? openMetrics : PrometheusTextFormatWriter.create();
  }
}
