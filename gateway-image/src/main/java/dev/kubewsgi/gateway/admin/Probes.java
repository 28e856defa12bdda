package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.ApplicationGroupInfo;
import dev.kubewsgi.gateway.admin.api.GatewayInfo;
import dev.kubewsgi.gateway.admin.api.StatusView;
import dev.kubewsgi.gateway.status.GatewayStatus;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.Vertx;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The probes of a kubelet, or of a load balancer: 200 or 503, with the checks that say why. They
 * run on the event loop, so that they are answered also while every other thread is busy.
 */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "probes")
@NonBlocking
public class Probes {

  /** A kubelet asks once a second, and waits longer than that for the answer. */
  private static final long PATIENCE_MILLIS = 900;

  private static final long PAUSE_MILLIS = 20;

  private final GatewayStatus status;
  private final Vertx vertx;

  Probes(GatewayStatus status, Vertx vertx) {
    this.status = status;
    this.vertx = vertx;
  }

  /** Of a check, or of all together. */
  public enum Outcome {
    UP,
    DOWN;

    static Outcome of(boolean up) {
      return up ? UP : DOWN;
    }
  }

  /** The checks of a probe; up when all are. */
  @Schema(name = "Health")
  public record Health(Outcome status, List<Check> checks) {

    static Health of(List<Check> checks) {
      return new Health(
          Outcome.of(checks.stream().allMatch(check -> check.status() == Outcome.UP)), checks);
    }
  }

  /**
   * One thing that must hold.
   *
   * @param data what it was concluded from
   */
  @Schema(name = "HealthCheck")
  public record Check(String name, Outcome status, Map<String, Object> data) {}

  /** Only whether the process answers: a restart would mend nothing that readiness tells. */
  @GET
  @Path("healthz")
  @Operation(operationId = "isAlive", summary = "Whether the process answers")
  @APIResponse(
      responseCode = "200",
      description = "It does",
      content = @Content(schema = @Schema(implementation = Health.class)))
  public Health healthz() {
    return Health.of(List.of(new Check("process", Outcome.UP, Map.of())));
  }

  /**
   * Whether requests should be sent here. An application that could not be loaded does not make the
   * gateway unready: the others are served, and each replica would say the same.
   *
   * <p>While it starts, the answer waits for it for most of a second. A kubelet that was told no
   * would ask again only after one, which is a third of what the start takes.
   */
  @GET
  @Path("readyz")
  @Operation(operationId = "isReady", summary = "Whether requests should be sent here")
  @APIResponse(
      responseCode = "200",
      description = "They should",
      content = @Content(schema = @Schema(implementation = Health.class)))
  @APIResponse(
      responseCode = "503",
      description = "Not yet, or not any more",
      content = @Content(schema = @Schema(implementation = Health.class)))
  public CompletionStage<Response> readyz() {
    var answer = new CompletableFuture<Response>();
    answerOnceReady(answer, PATIENCE_MILLIS);
    return answer;
  }

  private void answerOnceReady(CompletableFuture<Response> answer, long patienceMillis) {
    Health health = readiness();
    if (health.status() == Outcome.UP) {
      answer.complete(Response.ok(health).build());
    } else if (status.isDraining() || patienceMillis <= 0) {
      answer.complete(Response.status(503).entity(health).build());
    } else {
      vertx.setTimer(PAUSE_MILLIS, _ -> answerOnceReady(answer, patienceMillis - PAUSE_MILLIS));
    }
  }

  Health readiness() {
    StatusView view = new StatusView(status, Instant.now());
    return Health.of(
        Stream.of(Stream.of(serving(), loaded(view)), view.gateways().stream().map(this::listening))
            .flatMap(checks -> checks)
            .toList());
  }

  private Check serving() {
    boolean draining = status.isDraining();
    return new Check("serving", Outcome.of(!draining), Map.of("draining", draining));
  }

  /** Counts application groups by state, so that a probe's log says what is awaited. */
  private Check loaded(StatusView view) {
    Map<String, Object> counts = new TreeMap<>();
    for (ApplicationGroupInfo group : view.applicationGroups()) {
      counts.merge(group.state().name(), 1, (a, b) -> (Integer) a + (Integer) b);
    }
    return new Check("application groups", Outcome.of(status.isReady()), counts);
  }

  /** One that waits for its certificate does not keep requests from the others. */
  private Check listening(GatewayInfo gateway) {
    Map<String, Object> ports = new TreeMap<>();
    for (GatewayInfo.Listener listener : gateway.listeners()) {
      ports.put(listener.name(), listener.port().<Object>map(port -> port).orElse("not up"));
    }
    Set<String> waiting = status.closedListeners().keySet();
    boolean all =
        gateway.listeners().stream()
            .filter(listener -> !waiting.contains(listener.name()))
            .allMatch(listener -> listener.port().isPresent());
    return new Check("listeners of " + gateway.id(), Outcome.of(all), ports);
  }
}
