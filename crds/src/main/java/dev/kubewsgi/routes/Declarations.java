package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import java.util.List;

/**
 * Valid objects with their defaults filled in and each of its kind, namespace and name once. All
 * have a namespace.
 *
 * @param aliases of those without a creation timestamp, the first to claim a host and path has it
 */
public record Declarations(
    List<WsgiGateway> gateways, List<DaemonGroup> daemonGroups, List<ScriptAlias> aliases) {

  public Declarations {
    gateways = List.copyOf(gateways);
    daemonGroups = List.copyOf(daemonGroups);
    aliases = List.copyOf(aliases);
  }
}
