package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.routing.Claim;
import dev.kubewsgi.gateway.routing.Transition;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.IndexDocument;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.ShardDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts a route table together from its documents, which are written one after the other and arrive
 * in any order:
 *
 * <ul>
 *   <li>Another number of shards counts once all of them are there.
 *   <li>A claim that two shards make for a moment is that of the shard that changed last.
 *   <li>A claim that leaves one shard, perhaps for another one, stays where it was for a moment.
 *   <li>A claim whose application group cannot run yet, because the index does not have its daemon
 *       group, stays where it was until it can.
 * </ul>
 */
final class TableAssembly {

  /** Of two shards that were written one after the other, the second has arrived by then. */
  static final long MOMENT_NANOS = 500_000_000;

  /** A shard's place: its number, and how many there are. */
  record Place(int count, int number) {}

  private record Arrived(ShardDocument shard, long order) {}

  private final Map<Place, Arrived> shards = new HashMap<>();
  private final Map<Claim, Long> vanished = new HashMap<>();
  private IndexDocument newest;
  private IndexDocument whole;
  private RouteTable table;
  private long order;

  void index(IndexDocument index) {
    newest = index;
    changeOver();
  }

  void shard(Place place, ShardDocument shard) {
    shards.put(place, new Arrived(shard, order++));
    changeOver();
  }

  /** The shards that count, now or once all of them are there. */
  Set<Place> places() {
    var places = new HashSet<>(shards.keySet());
    for (var number = 0; newest != null && number < newest.shards(); number++) {
      places.add(new Place(newest.shards(), number));
    }
    return places;
  }

  /** The daemon groups of the table, and those of the one to come. */
  Set<String> daemonGroups() {
    var ids = new HashSet<String>();
    if (table != null) {
      table.daemonGroups().forEach(group -> ids.add(group.id()));
    }
    if (newest != null) {
      newest.daemonGroups().forEach(group -> ids.add(group.id()));
    }
    return ids;
  }

  private void changeOver() {
    if (newest == null) {
      return;
    }
    for (var number = 0; number < newest.shards(); number++) {
      if (!shards.containsKey(new Place(newest.shards(), number))) {
        return;
      }
    }
    whole = newest;
    shards.keySet().removeIf(place -> place.count() != whole.shards());
  }

  /**
   * The table as it is to be served now.
   *
   * @param now on a clock of nanoseconds
   * @return empty until an index and all its shards have come
   */
  Optional<RouteTable> table(long now) {
    if (whole != null) {
      var next = compiled();
      table = table == null ? next : withKept(next, now);
    }
    return Optional.ofNullable(table);
  }

  /** Whether the table will be another one in a moment, though no document changes. */
  boolean awaitsMoment() {
    return !vanished.isEmpty();
  }

  /** What the documents say, without claims that cannot be served. */
  private RouteTable compiled() {
    var places = processGroups();
    var groups = new LinkedHashMap<String, ApplicationGroup>();
    var routes = new LinkedHashMap<Claim, Route>();
    for (var shard : inOrder()) {
      shard.applicationGroups().stream()
          .filter(group -> places.contains(group.processGroup()))
          .forEach(group -> groups.put(group.id(), group));
      shard.routes().forEach(route -> routes.put(Claim.of(route), route));
    }
    routes.values().removeIf(route -> !groups.containsKey(route.applicationGroup()));
    return new RouteTable(
        whole.gateway(),
        List.copyOf(routes.values()),
        List.copyOf(groups.values()),
        whole.daemonGroups());
  }

  private Set<ProcessGroup> processGroups() {
    var places = new HashSet<ProcessGroup>();
    whole.daemonGroups().forEach(group -> places.add(new ProcessGroup.Daemon(group.id())));
    if (whole.gateway().embedded().isPresent()) {
      places.add(new ProcessGroup.Embedded());
    }
    return places;
  }

  private List<ShardDocument> inOrder() {
    return shards.entrySet().stream()
        .filter(entry -> entry.getKey().count() == whole.shards())
        .map(Map.Entry::getValue)
        .sorted(Comparator.comparingLong(Arrived::order))
        .map(Arrived::shard)
        .toList();
  }

  private RouteTable withKept(RouteTable next, long now) {
    var wanted = new HashSet<Claim>();
    next.routes().forEach(route -> wanted.add(Claim.of(route)));
    vanished.keySet().removeAll(wanted);
    var awaited = awaited(wanted);
    var kept = new ArrayList<Route>();
    for (var route : table.routes()) {
      var claim = Claim.of(route);
      if (!wanted.contains(claim) && (awaited.contains(claim) || isRecent(claim, now))) {
        kept.add(route);
      }
    }
    vanished.values().removeIf(since -> now - since >= MOMENT_NANOS);
    if (kept.isEmpty()) {
      return next;
    }
    kept.addAll(next.routes());
    return Transition.of(table, next, kept);
  }

  /** Claims that are made, and cannot be served yet. */
  private Set<Claim> awaited(Set<Claim> served) {
    var awaited = new HashSet<Claim>();
    for (var shard : inOrder()) {
      shard.routes().stream()
          .map(Claim::of)
          .filter(claim -> !served.contains(claim))
          .forEach(awaited::add);
    }
    return awaited;
  }

  private boolean isRecent(Claim claim, long now) {
    return now - vanished.computeIfAbsent(claim, _ -> now) < MOMENT_NANOS;
  }
}
