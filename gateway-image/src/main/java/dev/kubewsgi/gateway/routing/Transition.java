package dev.kubewsgi.gateway.routing;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A route table on the way from one to another: some claims still lead where they led before. */
public final class Transition {

  private Transition() {}

  /**
   * The later table with other routes, and with what of the earlier table these run in.
   *
   * @param routes of either table, each claim once
   */
  public static RouteTable of(RouteTable before, RouteTable after, List<Route> routes) {
    var named = routes.stream().map(Route::applicationGroup).collect(Collectors.toSet());
    var groups =
        before.applicationGroups().stream().filter(group -> named.contains(group.id())).toList();
    return new RouteTable(
        after.gateway(),
        routes,
        union(after.applicationGroups(), groups, ApplicationGroup::id),
        union(after.daemonGroups(), daemonGroups(before, groups), DaemonGroupSettings::id));
  }

  private static List<DaemonGroupSettings> daemonGroups(
      RouteTable before, List<ApplicationGroup> groups) {
    Set<ProcessGroup> used =
        groups.stream().map(ApplicationGroup::processGroup).collect(Collectors.toSet());
    return before.daemonGroups().stream()
        .filter(settings -> used.contains(new ProcessGroup.Daemon(settings.id())))
        .toList();
  }

  private static <T> List<T> union(List<T> first, List<T> second, Function<T, String> id) {
    var ids = first.stream().map(id).collect(Collectors.toSet());
    var all = new ArrayList<>(first);
    second.stream().filter(each -> !ids.contains(id.apply(each))).forEach(all::add);
    return all;
  }
}
