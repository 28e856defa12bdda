package dev.kubewsgi.routes;

import java.util.List;

/**
 * All that a daemon group's pods run: its settings, and the application groups of every gateway
 * that has routes into it. docs/cluster.md says how it reaches the pods.
 *
 * @param settings of the group
 * @param applicationGroups in the order of their ids
 */
public record GroupDocument(
    DaemonGroupSettings settings, List<ApplicationGroup> applicationGroups) {

  public GroupDocument {
    applicationGroups = List.copyOf(applicationGroups);
  }
}
