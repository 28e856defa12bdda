package dev.kubewsgi.operator.world;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.Route;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands of that which reconciles write for those who read it: a gateway's table, or a group's
 * document.
 *
 * @param applicationGroups in what was last written, by their ids: thousands are looked up at each
 *     turn
 * @param failure why nothing newer could be written; empty: it is the newest
 */
record Delivery(Map<String, Code> applicationGroups, Optional<String> failure) {

  /** A revision of an application group, and the routes to it. */
  record Code(String revision, Set<Route> routes) {}

  /** Nothing has been written that is known of. */
  static final Delivery NONE = new Delivery(Map.of(), Optional.empty());

  static Delivery of(GatewayPart part) {
    Map<String, Set<Route>> routes =
        part.table().routes().stream()
            .collect(groupingBy(Route::applicationGroup, collectingAndThen(toSet(), Set::copyOf)));
    return new Delivery(code(part.table().applicationGroups(), routes), Optional.empty());
  }

  static Delivery of(GroupPart part) {
    return new Delivery(code(part.document().applicationGroups(), Map.of()), Optional.empty());
  }

  /** The same stands, and the newest could not be written. */
  Delivery failing(String why) {
    return new Delivery(applicationGroups, Optional.of(why));
  }

  private static Map<String, Code> code(
      List<ApplicationGroup> groups, Map<String, Set<Route>> routes) {
    Map<String, Code> code = new HashMap<>();
    groups.forEach(
        group ->
            code.put(
                group.id(), new Code(group.revision(), routes.getOrDefault(group.id(), Set.of()))));
    return code;
  }

  boolean has(Collection<Route> wanted, ApplicationGroup group) {
    return has(group) && applicationGroups.get(group.id()).routes().containsAll(wanted);
  }

  boolean has(ApplicationGroup group) {
    Code code = applicationGroups.get(group.id());
    return code != null && code.revision().equals(group.revision());
  }
}
