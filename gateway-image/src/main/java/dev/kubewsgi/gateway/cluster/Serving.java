package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.routes.RouteTable;

/** The gateway as this package uses it. Called on the cluster's thread. */
interface Serving {

  /**
   * Serves this table from now on.
   *
   * @throws dev.kubewsgi.gateway.http.ListenException a listener cannot be bound
   */
  void apply(RouteTable table);

  /**
   * Whether it still needs to know a daemon group's pods.
   *
   * @param group its id
   */
  boolean serves(String group);

  /**
   * What is known of a daemon group's pods.
   *
   * @param group its id
   */
  void pods(String group, Pods pods);
}
