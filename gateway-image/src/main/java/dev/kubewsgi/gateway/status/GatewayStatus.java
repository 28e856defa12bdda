package dev.kubewsgi.gateway.status;

import dev.kubewsgi.routes.RouteTable;
import java.util.List;
import java.util.Map;

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
}
