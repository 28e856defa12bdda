package dev.kubewsgi.operator.world;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.Route;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a reconcile last tried to write for those who read it: a gateway's table, or a group's
 * document.
 *
 * @param routes that were in it
 * @param code that was in it
 * @param failure why it could not be written; empty: it is written
 */
record Delivery(Set<Route> routes, Set<Code> code, Optional<String> failure) {

  /** A revision of an application group. */
  record Code(String applicationGroup, String revision) {

    static Code of(ApplicationGroup group) {
      return new Code(group.id(), group.revision());
    }
  }

  static Delivery of(GatewayPart part, Optional<String> failure) {
    return new Delivery(
        Set.copyOf(part.table().routes()), code(part.table().applicationGroups()), failure);
  }

  static Delivery of(GroupPart part, Optional<String> failure) {
    return new Delivery(Set.of(), code(part.document().applicationGroups()), failure);
  }

  private static Set<Code> code(List<ApplicationGroup> groups) {
    var code = new HashSet<Code>();
    groups.forEach(group -> code.add(Code.of(group)));
    return code;
  }

  boolean has(Collection<Route> wanted, ApplicationGroup group) {
    return routes.containsAll(wanted) && has(group);
  }

  boolean has(ApplicationGroup group) {
    return code.contains(Code.of(group));
  }
}
