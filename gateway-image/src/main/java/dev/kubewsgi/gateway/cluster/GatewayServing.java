package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.Gateway;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.routes.RouteTable;
import java.util.List;

/** The gateway of this process. */
record GatewayServing(Gateway gateway) implements Serving {

  @Override
  public void apply(RouteTable table) {
    gateway.apply(List.of(table));
  }

  @Override
  public boolean serves(String group) {
    return gateway.serves(group);
  }

  @Override
  public void pods(String group, Pods pods) {
    gateway.pods(group, pods);
  }
}
