package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GroupDocument;
import dev.kubewsgi.routes.GroupDocuments;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.QueueSettings;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.RouteTableDocuments;
import dev.kubewsgi.routes.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What an operator would write of a gateway and its one daemon group. */
final class Documents {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final String namespace;
  private final Duration queueTimeout;

  Documents(String namespace) {
    this(namespace, LONG);
  }

  /**
   * @param queueTimeout how long requests wait for a thread of the daemon group
   */
  Documents(String namespace, Duration queueTimeout) {
    this.namespace = namespace;
    this.queueTimeout = queueTimeout;
  }

  String group() {
    return namespace + "/site1";
  }

  DaemonGroupSettings settings() {
    return new DaemonGroupSettings(
        group(),
        "site1",
        "(wsgi:site1)",
        1,
        1,
        false,
        2,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        new QueueSettings(100, queueTimeout),
        AnswerSettings.DEFAULTS,
        LONG,
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        WorkerSettings.DEFAULTS);
  }

  GatewaySettings gateway(int port) {
    return new GatewaySettings(
        namespace + "/main",
        List.of(new GatewaySettings.Listener("http", "127.0.0.1", port, Optional.empty())),
        Optional.empty(),
        new GatewaySettings.Limits(8_190, 65_536, 0),
        new GatewaySettings.Timeouts(LONG, LONG, LONG, LONG, Duration.ofSeconds(5)),
        List.of(),
        false,
        Optional.empty(),
        List.of());
  }

  /** An application group of the daemon group that answers with a text. */
  ApplicationGroup says(String name, String text) {
    var script = namespace + "." + name + "/wsgi.py";
    return new ApplicationGroup(
        group() + "|" + name,
        new ProcessGroup.Daemon(group()),
        "*|/" + name,
        Integer.toHexString(text.hashCode()),
        List.of(new ApplicationGroup.Script(script, "application")),
        new PythonSettings(Optional.empty(), List.of()),
        Map.of(),
        Map.of(
            script,
            """
            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [b"%s"]
            """
                .formatted(text)),
        List.of());
  }

  /** Each application at the path of its name. */
  RouteTable table(int port, ApplicationGroup... groups) {
    return new RouteTable(
        gateway(port),
        Stream.of(groups).map(this::route).toList(),
        List.of(groups),
        List.of(settings()));
  }

  private Route route(ApplicationGroup group) {
    var script = group.scripts().getFirst();
    return new Route(
        "*",
        group.name().substring(2),
        namespace + "/alias",
        script.script(),
        script.callable(),
        group.id());
  }

  static RouteTableDocuments written(RouteTable table) {
    return RouteTableDocuments.of(table);
  }

  String groupDocument(long sequence, ApplicationGroup... groups) {
    return GroupDocuments.inCluster(new GroupDocument(settings(), List.of(groups)), sequence);
  }
}
