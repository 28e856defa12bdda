package dev.kubewsgi.gateway.status;

import dev.kubewsgi.routes.RouteTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the gateways of this process serve at the moment; any thread may ask. */
public interface GatewayStatus {

  /**
   * Whether every application group has been loaded at least once, or has failed to, and serves.
   */
  boolean isReady();

  /** Whether the process is about to end: it finishes requests and takes no connections. */
  boolean isDraining();

  /** The tables in force, one for each gateway. */
  List<RouteTable> routeTables();

  /**
   * The ports that listeners have, which differ from the table's where that says 0.
   *
   * @return by {@code gateway id + "/" + listener name}
   */
  Map<String, Integer> ports();

  /** Of both modes. */
  List<ApplicationGroupStatus> applicationGroups();

  List<DaemonGroupStatus> daemonGroups();

  /** Listeners that wait for a certificate, by name; the others are open. */
  default Map<String, ClosedListener> closedListeners() {
    return Map.of();
  }

  /**
   * Why a listener is not open.
   *
   * @param code {@code KW} and three digits
   * @param message what is wrong, and the cure
   */
  record ClosedListener(String code, String message) {}

  /** How the cluster is to a gateway in one; empty: it serves by itself. */
  default Optional<ClusterStatus> cluster() {
    return Optional.empty();
  }
}
