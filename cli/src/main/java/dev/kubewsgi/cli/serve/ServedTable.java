package dev.kubewsgi.cli.serve;

import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@code serve} prints: a line for each alias, with the URL to open, and for each group
 * without threads, which has none.
 */
final class ServedTable {

  private static final List<String> TITLES =
      List.of("URL", "MODE", "GROUP", "PROCESSES x THREADS", "ALIAS");

  private final GatewayStatus gateway;

  ServedTable(GatewayStatus gateway) {
    this.gateway = gateway;
  }

  /** The table as text; each line ends with a newline. */
  String render() {
    var rows = new ArrayList<List<String>>();
    rows.add(TITLES);
    gateway.routeTables().forEach(table -> rows.addAll(rows(table)));
    gateway.routeTables().forEach(table -> rows.addAll(services(table)));
    return rows.stream().map(row -> line(row, widths(rows))).collect(Collectors.joining())
        + failures();
  }

  private List<List<String>> rows(RouteTable table) {
    Map<String, ApplicationGroup> groups =
        table.applicationGroups().stream()
            .collect(Collectors.toMap(ApplicationGroup::id, Function.identity()));
    return table.routes().stream()
        .sorted((a, b) -> url(table, a).compareTo(url(table, b)))
        .map(route -> row(table, route, groups.get(route.applicationGroup())))
        .toList();
  }

  private List<String> row(RouteTable table, Route route, ApplicationGroup group) {
    return switch (group.processGroup()) {
      case ProcessGroup.Embedded() ->
          List.of(
              url(table, route),
              "embedded",
              "-",
              "1 x " + table.gateway().embedded().orElseThrow().threads(),
              route.alias());
      case ProcessGroup.Daemon(String id) ->
          List.of(url(table, route), "daemon", id, size(daemonGroup(table, id)), route.alias());
    };
  }

  private static List<List<String>> services(RouteTable table) {
    return table.daemonGroups().stream()
        .filter(DaemonGroupSettings::isService)
        .map(group -> List.of("-", "service", group.id(), size(group), "-"))
        .toList();
  }

  private static DaemonGroupSettings daemonGroup(RouteTable table, String id) {
    return table.daemonGroups().stream()
        .filter(settings -> settings.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static String size(DaemonGroupSettings group) {
    return group.replicas() * group.processes() + " x " + group.threads();
  }

  /** On the gateway's first listener. */
  private String url(RouteTable table, Route route) {
    Optional<Listener> first = table.gateway().listeners().stream().findFirst();
    if (first.isEmpty()) {
      return "(no listener)" + route.path();
    }
    var listener = first.get();
    var tls = listener.tls().isPresent();
    var host = route.host().equals("*") ? reachable(listener.address()) : route.host();
    var port = gateway.ports().get(table.gateway().id() + "/" + listener.name());
    var usual = port == (tls ? 443 : 80);
    return (tls ? "https://" : "http://")
        + host
        + (usual ? "" : ":" + port)
        + (route.path().isEmpty() ? "/" : route.path());
  }

  private static String reachable(String address) {
    return switch (address) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "[::1]";
      default -> address.contains(":") ? "[" + address + "]" : address;
    };
  }

  private String failures() {
    return gateway.applicationGroups().stream()
        .flatMap(group -> group.failure().map(failure -> failed(group, failure)).stream())
        .collect(Collectors.joining());
  }

  private static String failed(ApplicationGroupStatus group, LoadFailure failure) {
    return failure.code()
        + " application group "
        + group.id()
        + " does not serve: "
        + failure.message()
        + "\n";
  }

  private static List<Integer> widths(List<List<String>> rows) {
    var widths = new ArrayList<Integer>();
    for (var column = 0; column < TITLES.size(); column++) {
      var index = column;
      widths.add(rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0));
    }
    return widths;
  }

  private static String line(List<String> row, List<Integer> widths) {
    var line = new StringBuilder();
    for (var column = 0; column < row.size(); column++) {
      line.append(("%-" + widths.get(column) + "s  ").formatted(row.get(column)));
    }
    return line.toString().stripTrailing() + "\n";
  }
}
