package dev.kubewsgi.gateway.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A supervisor's configuration, in the form of docs/worker-protocol.md. Times are in seconds.
 *
 * @param listen {@code unix} and a path, or {@code tcp} and host:port
 * @param secret what every request to the supervisor must carry
 */
record SupervisorConfig(
    String group,
    String namespace,
    String displayName,
    Map<String, String> listen,
    String secret,
    int processes,
    boolean multiprocess,
    int threads,
    Integer uid,
    Integer gid,
    String workingDir,
    Map<String, String> env,
    double startupTimeout,
    double gracefulTimeout,
    double shutdownTimeout,
    List<Unit> applicationGroups) {

  /** An application group. */
  record Unit(
      String id,
      String name,
      String revision,
      List<ApplicationGroup.Script> scripts,
      Python python,
      Map<String, String> env) {}

  /** A Python environment. */
  record Python(String home, List<String> path) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MILLIS = 1000;

  static SupervisorConfig of(
      DaemonGroupSettings settings,
      List<ApplicationGroup> applicationGroups,
      SupervisorAddress address,
      String secret) {
    return new SupervisorConfig(
        settings.name(),
        settings.id().substring(0, Math.max(0, settings.id().indexOf('/'))),
        settings.displayName(),
        listen(address),
        secret,
        settings.processes(),
        settings.multiprocess(),
        settings.threads(),
        settings.user().orElse(null),
        settings.group().orElse(null),
        settings.workingDir().orElse(null),
        settings.env(),
        seconds(settings.startupTimeout()),
        seconds(settings.gracefulTimeout()),
        seconds(settings.shutdownTimeout()),
        applicationGroups.stream().map(SupervisorConfig::unit).toList());
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a configuration cannot be written as JSON", e);
    }
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "SupervisorConfig[" + namespace + "/" + group + "]";
  }

  private static Map<String, String> listen(SupervisorAddress address) {
    return switch (address) {
      case SupervisorAddress.Unix unix -> Map.of("unix", unix.path().toString());
      case SupervisorAddress.Tcp tcp -> Map.of("tcp", tcp.host() + ":" + tcp.port());
    };
  }

  private static Unit unit(ApplicationGroup group) {
    return new Unit(
        group.id(),
        group.name(),
        group.revision(),
        group.scripts(),
        new Python(group.python().home().orElse(null), group.python().path()),
        group.env());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / MILLIS;
  }
}
