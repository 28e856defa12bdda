package dev.kubewsgi.gateway.admin;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.OvertimeRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.RunningRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.ThreadStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.gateway.status.ClusterStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.QueueSettings;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.WorkerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One gateway with an embedded alias that has no status yet, a daemon group with one that serves
 * after its newest code failed, and a worker of a group that no table names any more.
 */
public record FixedStatus(boolean isReady, boolean isDraining) implements GatewayStatus {

  /** In every place of a route table that holds something secret. */
  public static final String SECRET = "s3cret";

  /** When the requests that run were handed to their threads. */
  public static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  private static final QueueSettings QUEUE = new QueueSettings(100, Duration.ofSeconds(45));
  private static final Duration TIME = Duration.ofSeconds(30);

  @Override
  public Optional<ClusterStatus> cluster() {
    return Optional.of(new ClusterStatus(false, 7, 1));
  }

  @Override
  public List<RouteTable> routeTables() {
    return List.of(
        new RouteTable(
            gateway(),
            List.of(
                new Route(
                    "*",
                    "/shop",
                    "default/shop",
                    "/srv/shop.py",
                    "application",
                    "default/site1|shop"),
                new Route("*", "", "default/home", "/srv/home.py", "app", "embedded|default/home")),
            List.of(
                group(
                    "default/site1|shop", new ProcessGroup.Daemon("default/site1"), "/srv/shop.py"),
                group("embedded|default/home", new ProcessGroup.Embedded(), "/srv/home.py")),
            List.of(site1())));
  }

  private static GatewaySettings gateway() {
    return new GatewaySettings(
        "default/main",
        List.of(
            new Listener("http", "127.0.0.1", 0, Optional.empty()),
            new Listener("https", "127.0.0.1", 8443, Optional.of(new Tls.Pem(SECRET, SECRET)))),
        Optional.of(new EmbeddedSettings(5, QUEUE, TIME, Optional.empty())),
        new Limits(8192, 65536, 0),
        new Timeouts(TIME, TIME, TIME, TIME, TIME),
        List.of(),
        false,
        Optional.empty(),
        List.of());
  }

  private static ApplicationGroup group(String id, ProcessGroup processGroup, String script) {
    return new ApplicationGroup(
        id,
        processGroup,
        "*|" + script,
        "new",
        List.of(new Script(script, "application")),
        new PythonSettings(Optional.empty(), List.of()),
        Map.of("DATABASE_PASSWORD", SECRET),
        Map.of(),
        List.of());
  }

  private static DaemonGroupSettings site1() {
    return new DaemonGroupSettings(
        "default/site1",
        "site1",
        "(wsgi:site1)",
        1,
        1,
        false,
        2,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of("API_KEY", SECRET),
        QUEUE,
        AnswerSettings.DEFAULTS,
        TIME,
        TIME,
        TIME,
        WorkerSettings.DEFAULTS);
  }

  @Override
  public Map<String, Integer> ports() {
    return Map.of("default/main/http", 18000);
  }

  @Override
  public List<ApplicationGroupStatus> applicationGroups() {
    return List.of(
        new ApplicationGroupStatus(
            "default/site1|shop",
            "*|/shop",
            Optional.of("default/site1"),
            State.READY,
            List.of(worker(71, State.READY)),
            3,
            Optional.of(new LoadFailure("KW304", "broken", "Traceback", Optional.empty()))),
        new ApplicationGroupStatus(
            "default/gone|old",
            "*|/old",
            Optional.of("default/gone"),
            State.DRAINING,
            List.of(worker(72, State.DRAINING)),
            0,
            Optional.empty()));
  }

  private static WorkerStatus worker(long pid, State state) {
    RunningRequest request = new RunningRequest("r" + pid, "GET", "/shop?<b>", SINCE);
    return new WorkerStatus(
        pid,
        state,
        "old",
        SINCE,
        List.of(
            new ThreadStatus(0, Optional.empty(), false),
            new ThreadStatus(1, Optional.of(request), true)),
        List.of(new OvertimeRequest(request.requestId(), "in sleep")));
  }

  @Override
  public List<DaemonGroupStatus> daemonGroups() {
    return List.of(
        new DaemonGroupStatus(
            "default/site1",
            "(wsgi:site1)",
            1,
            2,
            List.of(70L),
            3,
            1500,
            1,
            2,
            4,
            Map.of("memoryLimit", 3L)));
  }
}
