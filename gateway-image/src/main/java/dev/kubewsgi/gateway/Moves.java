package dev.kubewsgi.gateway;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Moves aliases from one application group to another, as when the process group of an alias is
 * edited: requests go on to the old one until the new one can serve, and for good if it cannot be
 * loaded.
 */
final class Moves {

  private final RouteTable inForce;
  private final RouteTable wanted;
  private final Predicate<String> isReady;
  private final Set<String> held = new HashSet<>();

  private Moves(RouteTable inForce, RouteTable wanted, Predicate<String> isReady) {
    this.inForce = inForce;
    this.wanted = wanted;
    this.isReady = isReady;
  }

  /**
   * What to put in force on the way to the table that is wanted: that one, with the old routes of
   * aliases whose new application group is not ready, and what these run in. Equal to {@code
   * wanted} when nothing is left to move.
   *
   * @param isReady whether the application group with an id can serve now
   */
  static RouteTable plan(RouteTable inForce, RouteTable wanted, Predicate<String> isReady) {
    return new Moves(inForce, wanted, isReady).plan();
  }

  private RouteTable plan() {
    Map<String, Route> before = new HashMap<>();
    inForce.routes().forEach(route -> before.put(claim(route), route));
    var routes =
        wanted.routes().stream().map(route -> choose(before.get(claim(route)), route)).toList();
    if (held.isEmpty()) {
      return wanted;
    }
    var groups =
        inForce.applicationGroups().stream().filter(group -> held.contains(group.id())).toList();
    return new RouteTable(
        wanted.gateway(),
        routes,
        union(wanted.applicationGroups(), groups, ApplicationGroup::id),
        union(wanted.daemonGroups(), daemonGroups(groups), DaemonGroupSettings::id));
  }

  private Route choose(Route before, Route after) {
    if (before == null
        || before.applicationGroup().equals(after.applicationGroup())
        || isReady.test(after.applicationGroup())) {
      return after;
    }
    held.add(before.applicationGroup());
    return before;
  }

  private List<DaemonGroupSettings> daemonGroups(List<ApplicationGroup> groups) {
    var used = groups.stream().map(ApplicationGroup::processGroup).collect(Collectors.toSet());
    return inForce.daemonGroups().stream()
        .filter(settings -> used.contains(new ProcessGroup.Daemon(settings.id())))
        .toList();
  }

  private static <T> List<T> union(List<T> first, List<T> second, Function<T, String> id) {
    var ids = first.stream().map(id).collect(Collectors.toSet());
    var all = new ArrayList<>(first);
    second.stream().filter(each -> !ids.contains(id.apply(each))).forEach(all::add);
    return all;
  }

  private static String claim(Route route) {
    return route.host() + " " + route.path();
  }
}
