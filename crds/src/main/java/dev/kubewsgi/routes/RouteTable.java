package dev.kubewsgi.routes;

import java.util.List;

/**
 * What one gateway serves: the compiled form of a WsgiGateway and of the ScriptAliases and
 * DaemonGroups that it accepted. It is the only thing that passes from whoever reads manifests to a
 * gateway; docs/route-table.md describes it as a document.
 *
 * @param gateway the settings of the gateway itself
 * @param routes claims on host and path, each claim once; their order carries no meaning
 * @param applicationGroups the interpreters that the routes run in
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
}
