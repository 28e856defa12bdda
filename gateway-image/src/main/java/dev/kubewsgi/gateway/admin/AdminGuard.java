package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What holds for every path of the admin port: who may ask, and what a browser may do with it. */
class AdminGuard {

  private static final int BEFORE_ALL_ROUTES = 1000;

  private static final Problem MISDIRECTED =
      Problem.of(
          421,
          "Misdirected Request",
          "The admin port answers to localhost, 127.0.0.1 and [::1] only. To reach it by another"
              + " name, set quarkus.http.host to the address to listen on.");

  private static final Problem FOR_PORT_FORWARD =
      Problem.of(
          403,
          "Forbidden",
          "From outside the pod only /healthz, /readyz and /metrics are answered. For the rest use"
              + " `kubectl port-forward POD 9001` and ask 127.0.0.1:9001.");

  private static final String LOOPBACK = "127.0.0.1";

  /** What a kubelet and Prometheus ask for, from outside the pod. */
  private static final Set<String> OPEN_IN_POD = Set.of("/healthz", "/readyz", "/metrics");

  /**
   * By exact address: a service mesh delivers what comes from outside a pod from other addresses of
   * the loopback network.
   */
  private static final Set<String> LOCAL = Set.of(LOOPBACK, "::1", "0:0:0:0:0:0:0:1");

  private final AdmittedHosts admitted;
  private final boolean inPod;

  /**
   * @param inPod whether the port can be reached from all the cluster, though only the probes and
   *     metrics are for it; what else there is answers {@code kubectl port-forward}
   */
  AdminGuard(
      @ConfigProperty(name = "quarkus.http.host") String bound,
      @ConfigProperty(name = "kube-wsgi.admin.in-pod", defaultValue = "false") boolean inPod) {
    this.admitted = new AdmittedHosts(inPod ? LOOPBACK : bound);
    this.inPod = inPod;
  }

  void register(@Observes Filters filters) {
    filters.register(this::guard, BEFORE_ALL_ROUTES);
  }

  private void guard(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader("Cross-Origin-Resource-Policy", "same-origin");
    refusal(
            context.normalizedPath(),
            context.request().remoteAddress().hostAddress(),
            context.request().authority())
        .ifPresentOrElse(problem -> refuse(response, problem), context::next);
  }

  /**
   * Why a request is not answered; empty: it is.
   *
   * @param peer the address that it came from
   * @param authority of the request; null: it has none, or not a valid one
   */
  Optional<Problem> refusal(String path, String peer, HostAndPort authority) {
    if (inPod && OPEN_IN_POD.contains(path)) {
      return Optional.empty();
    }
    if (inPod && !LOCAL.contains(peer)) {
      return Optional.of(FOR_PORT_FORWARD);
    }
    return admitted.admits(authority) ? Optional.empty() : Optional.of(MISDIRECTED);
  }

  private static void refuse(HttpServerResponse response, Problem problem) {
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .end(JsonObject.mapFrom(problem).toBuffer());
  }
}
