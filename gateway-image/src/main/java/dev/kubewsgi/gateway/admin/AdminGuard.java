package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.admin.api.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What holds for every path of the admin port: who may ask, and what a browser may do with it. */
class AdminGuard {

  private static final int BEFORE_ALL_ROUTES = 1000;

  private final AdmittedHosts admitted;

  AdminGuard(@ConfigProperty(name = "quarkus.http.host") String bound) {
    this.admitted = new AdmittedHosts(bound);
  }

  void register(@Observes Filters filters) {
    filters.register(this::guard, BEFORE_ALL_ROUTES);
  }

  private void guard(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    response.putHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (admitted.admits(context.request().authority())) {
      context.next();
    } else {
      misdirected(response);
    }
  }

  private static void misdirected(HttpServerResponse response) {
    Problem problem =
        Problem.of(
            421,
            "Misdirected Request",
            "The admin port answers to localhost, 127.0.0.1 and [::1] only. To reach it by another"
                + " name, set quarkus.http.host to the address to listen on.");
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .end(JsonObject.mapFrom(problem).toBuffer());
  }
}
