package dev.kubewsgi.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.QueueSettings;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MovesTest {

  private static final RouteTable EMBEDDED = table("embedded|a", new ProcessGroup.Embedded());
  private static final RouteTable IN_GROUP = table("ns/g|a", new ProcessGroup.Daemon("ns/g"));

  @Test
  void keepsTheOldRouteAndStartsTheNewGroupUntilThatIsReady() {
    var plan = Moves.plan(EMBEDDED, IN_GROUP, id -> false);

    assertEquals(EMBEDDED.routes(), plan.routes());
    assertEquals(List.of("ns/g|a", "embedded|a"), ids(plan));
    assertEquals(IN_GROUP.daemonGroups(), plan.daemonGroups());
  }

  @Test
  void keepsTheOldDaemonGroupToo() {
    var plan = Moves.plan(IN_GROUP, EMBEDDED, id -> false);

    assertEquals(IN_GROUP.routes(), plan.routes());
    assertEquals(List.of("embedded|a", "ns/g|a"), ids(plan));
    assertEquals(IN_GROUP.daemonGroups(), plan.daemonGroups());
  }

  @Test
  void isWhatIsWantedOnceTheNewGroupIsReady() {
    var onTheWay = Moves.plan(EMBEDDED, IN_GROUP, id -> false);

    assertEquals(IN_GROUP, Moves.plan(onTheWay, IN_GROUP, "ns/g|a"::equals));
  }

  @Test
  void takesNewRoutesAtOnceAndDropsThoseThatAreGone() {
    var empty = new RouteTable(EMBEDDED.gateway(), List.of(), List.of(), List.of());

    assertEquals(IN_GROUP, Moves.plan(empty, IN_GROUP, id -> false));
    assertEquals(empty, Moves.plan(IN_GROUP, empty, id -> false));
  }

  private static List<String> ids(RouteTable table) {
    return table.applicationGroups().stream().map(ApplicationGroup::id).toList();
  }

  private static RouteTable table(String group, ProcessGroup processGroup) {
    var second = Duration.ofSeconds(1);
    var gateway =
        new GatewaySettings(
            "ns/main",
            List.of(),
            Optional.empty(),
            new GatewaySettings.Limits(1, 1, 1),
            new GatewaySettings.Timeouts(second, second, second, second, second),
            List.of(),
            false,
            Optional.empty(),
            List.of());
    var daemonGroup =
        new DaemonGroupSettings(
            "ns/g",
            "g",
            "(wsgi:g)",
            1,
            1,
            false,
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            new QueueSettings(1, second),
            AnswerSettings.DEFAULTS,
            second,
            second,
            second,
            WorkerSettings.DEFAULTS);
    return new RouteTable(
        gateway,
        List.of(new Route("*", "/a", "ns/a", "/a.py", "application", group)),
        List.of(
            new ApplicationGroup(
                group,
                processGroup,
                "a",
                "1",
                List.of(new ApplicationGroup.Script("/a.py", "application")),
                new PythonSettings(Optional.empty(), List.of()),
                Map.of(),
                Map.of(),
                List.of())),
        processGroup instanceof ProcessGroup.Daemon ? List.of(daemonGroup) : List.of());
  }
}
