package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Settles who listens on which port of this machine, which all its gateways share. In a cluster
 * each gateway has addresses of its own.
 */
final class Ports {

  private final OptionalInt first;
  private final Map<String, Document> documents;
  private final Map<Integer, String> taken = new HashMap<>();

  /**
   * Prepares.
   *
   * @param first the port of the very first listener, instead of its own
   * @param documents by {@code kind namespace/name}
   */
  Ports(OptionalInt first, Map<String, Document> documents) {
    this.first = first;
    this.documents = documents;
  }

  /** The tables without listeners whose port an earlier gateway has; each is a finding. */
  List<RouteTable> resolve(List<RouteTable> tables, List<Finding> findings) {
    List<RouteTable> resolved = new ArrayList<>();
    for (RouteTable table : tables) {
      List<Listener> listeners = new ArrayList<>();
      for (Listener listener : table.gateway().listeners()) {
        Listener own = taken.isEmpty() ? withFirstPort(listener) : listener;
        if (claim(own, table.gateway(), findings)) {
          listeners.add(own);
        }
      }
      resolved.add(table.with(table.gateway().listening(listeners)));
    }
    return resolved;
  }

  private Listener withFirstPort(Listener listener) {
    return new Listener(
        listener.name(), listener.address(), first.orElse(listener.port()), listener.tls());
  }

  private boolean claim(Listener listener, GatewaySettings gateway, List<Finding> findings) {
    String owner = taken.putIfAbsent(listener.port(), gateway.id());
    if (owner == null) {
      return true;
    }
    findings.add(
        documents
            .get("WsgiGateway " + gateway.id())
            .finding(
                FindingCode.KW130,
                "spec.listeners",
                "listener "
                    + listener.name()
                    + " is not opened: WsgiGateway "
                    + owner
                    + " has port "
                    + listener.port()
                    + " of this machine; write another port"));
    return false;
  }
}
