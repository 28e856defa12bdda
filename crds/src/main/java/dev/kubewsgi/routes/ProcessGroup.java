package dev.kubewsgi.routes;

/** Where an application runs (WSGIProcessGroup). */
public sealed interface ProcessGroup {

  /** In the gateway's own process: {@code %{GLOBAL}} or no process group at all. */
  record Embedded() implements ProcessGroup {}

  /**
   * In a daemon group of the same table.
   *
   * @param id {@link DaemonGroupSettings#id()}
   */
  record Daemon(String id) implements ProcessGroup {}
}
