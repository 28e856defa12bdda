package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GroupDocument;
import dev.kubewsgi.routes.GroupDocuments;
import java.util.List;
import java.util.Map;

/**
 * What a supervisor on this machine is given.
 *
 * @param json the group document with its address and secret in it
 * @param threads of each worker
 */
record SupervisorConfig(String json, int threads) {

  /**
   * Makes one.
   *
   * @param secret what every request to the supervisor must carry
   */
  static SupervisorConfig of(
      DaemonGroupSettings settings,
      List<ApplicationGroup> applicationGroups,
      SupervisorAddress address,
      String secret) {
    var document = new GroupDocument(settings, applicationGroups);
    return new SupervisorConfig(
        GroupDocuments.onThisMachine(document, listen(address), secret), settings.threads());
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "SupervisorConfig[json, threads=" + threads + "]";
  }

  private static Map<String, String> listen(SupervisorAddress address) {
    return switch (address) {
      case SupervisorAddress.Unix unix -> Map.of("unix", unix.path().toString());
      case SupervisorAddress.Tcp tcp -> Map.of("tcp", tcp.host() + ":" + tcp.port());
    };
  }
}
