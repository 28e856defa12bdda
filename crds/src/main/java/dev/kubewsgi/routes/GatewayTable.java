package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The route table of one gateway while claims are admitted to it. */
final class GatewayTable {

  private final WsgiGateway gateway;
  private final GatewaySettings settings;
  private final Map<Place, Route> routes =
      new TreeMap<>(Comparator.comparing(Place::host).thenComparing(Place::path));

  private record Place(String host, String path) {}

  GatewayTable(WsgiGateway gateway, GatewaySettings settings) {
    this.gateway = gateway;
    this.settings = settings;
  }

  WsgiGateway gateway() {
    return gateway;
  }

  String id() {
    return settings.id();
  }

  String namespace() {
    return gateway.getMetadata().getNamespace();
  }

  /** The alias that has a claim. */
  Optional<String> claimant(String host, String path) {
    return Optional.ofNullable(routes.get(new Place(host, path))).map(Route::alias);
  }

  /** Takes a route whose claim nobody has. */
  void add(Route route) {
    routes.put(new Place(route.host(), route.path()), route);
  }

  /**
   * The table.
   *
   * @param applicationGroups by id, those of the routes at least
   * @param daemonGroups by id, those of the application groups at least
   */
  RouteTable build(
      Function<String, ApplicationGroup> applicationGroups,
      Function<String, DaemonGroupSettings> daemonGroups) {
    SortedSet<String> used = new TreeSet<>();
    routes.values().forEach(route -> used.add(route.applicationGroup()));
    List<ApplicationGroup> groups = used.stream().map(applicationGroups).toList();
    return new RouteTable(
        settings,
        List.copyOf(routes.values()),
        groups,
        groups.stream()
            .map(ApplicationGroup::processGroup)
            .filter(ProcessGroup.Daemon.class::isInstance)
            .map(place -> ((ProcessGroup.Daemon) place).id())
            .distinct()
            .sorted()
            .map(daemonGroups)
            .toList());
  }
}
