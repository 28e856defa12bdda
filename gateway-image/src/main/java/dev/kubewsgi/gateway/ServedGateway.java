package dev.kubewsgi.gateway;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.kubewsgi.gateway.embedded.EmbeddedMode;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.http.HttpFront;
import dev.kubewsgi.gateway.http.ListenException;
import dev.kubewsgi.gateway.http.Listening;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.routing.Router;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.RouteTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One gateway of the route tables: its listeners, its routes and what runs in its own process. */
final class ServedGateway {

  /** Nobody waits for an answer any more when this begins; what is stuck ends with the process. */
  private static final long INTERPRETERS_END_MILLIS = 1_000;

  private final EmbeddedMode embedded;
  private final BiFunction<RouteTable, LiveRouter, HttpFront> open;
  private final LiveRouter router = new LiveRouter(Router.empty());
  private volatile HttpFront front;
  private volatile RouteTable table;

  /**
   * @param open binds the listeners of a table for a router
   */
  ServedGateway(EmbeddedMode embedded, BiFunction<RouteTable, LiveRouter, HttpFront> open) {
    this.embedded = embedded;
    this.open = open;
  }

  /** Whether a table has something to run in the gateway's process. */
  static boolean embeds(RouteTable table) {
    return table.gateway().embedded().isPresent() && !embeddedGroups(table).isEmpty();
  }

  RouteTable table() {
    return table;
  }

  /**
   * Serves another table. Requests in flight are not touched.
   *
   * @param daemons from (daemon group, application group) to what runs it
   * @return completes when each new revision in the gateway's process serves or has failed
   * @throws dev.kubewsgi.gateway.http.ListenException a listener cannot be bound; the listeners,
   *     and the routes of a table before, stay as they were
   */
  CompletableFuture<Void> apply(RouteTable next, BiFunction<String, String, Application> daemons) {
    if (front != null && !next.gateway().equals(table.gateway())) {
      front.reconfigure(next.gateway());
    }
    table = next;
    var groups = embeddedGroups(next);
    var loaded =
        next.gateway()
            .embedded()
            .map(settings -> embedded.apply(groups, settings))
            .orElse(CompletableFuture.completedFuture(null));
    router.swap(Router.of(next.routes(), applications(next, daemons)));
    if (front == null) {
      front = open.apply(next, router); // Last, so that the first request finds its route.
    }
    return loaded;
  }

  /** Ends what the table in force does not name; when no request can be on its way there. */
  void retire() {
    embedded.retire(embeddedGroups(table));
  }

  List<Listening> listening() {
    return front == null ? List.of() : front.listening();
  }

  /** Listeners that wait for a certificate, by name. */
  Map<String, ListenException> closedListeners() {
    return front == null ? Map.of() : front.closed();
  }

  void renewCertificates() {
    if (front != null) {
      front.renewCertificates(table.gateway());
    }
  }

  List<ApplicationGroupStatus> embeddedStatus() {
    return embedded.status();
  }

  void announceEnd() {
    if (front != null) {
      front.announceEnd();
    }
  }

  /** Finishes what is in flight, then ends what runs here. */
  CompletableFuture<Void> stop() {
    var drained = front == null ? CompletableFuture.<Void>completedFuture(null) : front.stop();
    return drained.thenCompose(
        _ -> embedded.stop().completeOnTimeout(null, INTERPRETERS_END_MILLIS, MILLISECONDS));
  }

  private static List<ApplicationGroup> embeddedGroups(RouteTable table) {
    return table.applicationGroups().stream()
        .filter(group -> group.processGroup() instanceof ProcessGroup.Embedded)
        .toList();
  }

  private Function<String, Application> applications(
      RouteTable next, BiFunction<String, String, Application> daemons) {
    var processGroups =
        next.applicationGroups().stream()
            .collect(Collectors.toMap(ApplicationGroup::id, ApplicationGroup::processGroup));
    return id ->
        switch (processGroups.get(id)) {
          case ProcessGroup.Embedded() -> embedded.application(id);
          case ProcessGroup.Daemon(String group) -> daemons.apply(group, id);
        };
  }
}
