package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.routing.Claim;
import dev.kubewsgi.gateway.routing.Transition;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Moves aliases from one application group to another, as when the process group of an alias is
 * edited: requests go on to the old one until the new one can serve, and for good if it cannot be
 * loaded.
 */
final class Moves {

  private Moves() {}

  /**
   * What to put in force on the way to the table that is wanted: that one, with the old routes of
   * aliases whose new application group is not ready, and what these run in. Equal to {@code
   * wanted} when nothing is left to move.
   *
   * @param isReady whether the application group with an id can serve now
   */
  static RouteTable plan(RouteTable inForce, RouteTable wanted, Predicate<String> isReady) {
    if (inForce.routes().equals(wanted.routes())) {
      return wanted;
    }
    Map<Claim, Route> before = new HashMap<>();
    inForce.routes().forEach(route -> before.put(Claim.of(route), route));
    var routes =
        wanted.routes().stream()
            .map(route -> choose(before.get(Claim.of(route)), route, isReady))
            .toList();
    return routes.equals(wanted.routes()) ? wanted : Transition.of(inForce, wanted, routes);
  }

  private static Route choose(Route before, Route after, Predicate<String> isReady) {
    return before == null
            || before.applicationGroup().equals(after.applicationGroup())
            || isReady.test(after.applicationGroup())
        ? after
        : before;
  }
}
