package dev.kubewsgi.routes;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one gateway serves: the compiled form of a WsgiGateway and of the ScriptAliases and
 * DaemonGroups that it accepted. It is the only thing that passes from whoever reads manifests to a
 * gateway; docs/route-table.md describes it as a document.
 *
 * @param gateway the settings of the gateway itself
 * @param routes claims on host and path, each claim once; their order carries no meaning
 * @param applicationGroups the interpreters that the routes run in; on one machine also those of
 *     groups that serve no requests
 * @param daemonGroups the daemon groups that the application groups run in
 */
public record RouteTable(
    GatewaySettings gateway,
    List<Route> routes,
    List<ApplicationGroup> applicationGroups,
    List<DaemonGroupSettings> daemonGroups) {

  public RouteTable {
    routes = List.copyOf(routes);
    applicationGroups = List.copyOf(applicationGroups);
    daemonGroups = List.copyOf(daemonGroups);
  }

  /** The same for a gateway with other settings. */
  public RouteTable with(GatewaySettings settings) {
    return new RouteTable(settings, routes, applicationGroups, daemonGroups);
  }

  /** The same with groups that no route leads to. */
  RouteTable with(List<GroupDocument> services) {
    return new RouteTable(
        gateway,
        routes,
        Stream.concat(
                applicationGroups.stream(),
                services.stream().flatMap(group -> group.applicationGroups().stream()))
            .sorted(Comparator.comparing(ApplicationGroup::id))
            .toList(),
        Stream.concat(daemonGroups.stream(), services.stream().map(GroupDocument::settings))
            .sorted(Comparator.comparing(DaemonGroupSettings::id))
            .toList());
  }
}
