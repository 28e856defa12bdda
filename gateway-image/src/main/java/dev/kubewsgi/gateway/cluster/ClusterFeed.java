package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.cluster.ApiObject.ConfigMap;
import dev.kubewsgi.gateway.cluster.TableAssembly.Place;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.http.ListenException;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.IndexDocument;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.ShardDocument;
import dev.kubewsgi.routes.UnreadableDocumentException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Feeds a gateway from the cluster: its route table from ConfigMaps, and what is known of the pods
 * of the daemon groups in it. Confined to the cluster's thread.
 */
final class ClusterFeed {

  private static final Logger LOG = Logger.getLogger(ClusterFeed.class);
  private static final long RETRY_SECONDS = 5;
  private static final long MOVING_SECONDS = 1;

  private final GatewayName gateway;
  private final Api api;
  private final PodNetwork network;
  private final Serving serving;
  private final Unreadable unreadable;
  private final ScheduledExecutorService thread;
  private final LongSupplier clock;
  private final TableAssembly assembly = new TableAssembly();
  private final Map<Place, Api.Following> shards = new HashMap<>();
  private final Map<String, GroupWatch> groups = new HashMap<>();
  private RouteTable served;

  /** Why the newest table is not served, said once. */
  private Optional<String> trouble = Optional.empty();

  private Future<?> nextLook = CompletableFuture.completedFuture(null);

  /**
   * @param thread the cluster's, on which everything here runs
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  ClusterFeed(
      GatewayName gateway,
      Api api,
      PodNetwork network,
      Serving serving,
      Unreadable unreadable,
      ScheduledExecutorService thread,
      LongSupplier clock) {
    this.gateway = gateway;
    this.api = api;
    this.network = network;
    this.serving = serving;
    this.unreadable = unreadable;
    this.thread = thread;
    this.clock = clock;
  }

  /** Follows the index, and all that it leads to. */
  void start() {
    api.follow(
        Selection.configMap(gateway.namespace(), gateway.index()),
        maps -> text(maps, "index.json").ifPresent(this::index));
  }

  private static Optional<String> text(List<ConfigMap> maps, String key) {
    return maps.stream().findFirst().map(map -> map.data().get(key));
  }

  private void index(String json) {
    try {
      var index = IndexDocument.read(json);
      assembly.index(index);
      followShards(index.shards());
      followGroups(index.daemonGroups());
      look();
    } catch (UnreadableDocumentException e) {
      unreadable.report("index.json", e);
    }
  }

  /** Those of a former number are followed until the new ones have come. */
  private void followShards(int count) {
    for (var number = 0; number < count; number++) {
      shards.computeIfAbsent(new Place(count, number), this::follow);
    }
  }

  private Api.Following follow(Place place) {
    return api.follow(
        Selection.configMap(gateway.namespace(), gateway.shard(place)),
        maps -> text(maps, "routes.json").ifPresent(json -> shard(place, json)));
  }

  private void shard(Place place, String json) {
    try {
      assembly.shard(place, ShardDocument.read(gateway.shard(place), json));
      look();
    } catch (UnreadableDocumentException e) {
      unreadable.report("routes.json of " + gateway.shard(place), e);
    }
  }

  private void followGroups(List<DaemonGroupSettings> settings) {
    settings.forEach(group -> groups.computeIfAbsent(group.id(), this::follow).resume());
  }

  private GroupWatch follow(String group) {
    Consumer<Pods> told = pods -> serving.pods(group, pods);
    return new GroupWatch(group, api, network, unreadable, told);
  }

  /** Serves what the documents say by now, and looks again when that will be something else. */
  private void look() {
    nextLook.cancel(false);
    assembly.table(clock.getAsLong()).ifPresent(this::serve);
    if (assembly.awaitsMoment()) {
      lookAgain(TableAssembly.MOMENT_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void lookAgain(long pause, TimeUnit unit) {
    nextLook.cancel(false);
    nextLook = thread.schedule(this::look, pause, unit);
  }

  private void serve(RouteTable table) {
    try {
      if (!table.equals(served)) {
        serving.apply(table);
        served = table;
        trouble = Optional.empty();
      }
      close(shards, assembly.places());
      leaveGroups();
    } catch (ListenException e) {
      retry(e.code() + " " + e.getMessage());
    } catch (RuntimeException e) { // The documents to come must still be taken.
      retry("KW599 its table cannot be applied: " + e);
    }
  }

  /**
   * A group that the table does not name goes on to serve the aliases that are moving away from it:
   * what is known of it stays so, though this gateway may not read it any more.
   */
  private void leaveGroups() {
    var kept = new HashSet<>(assembly.daemonGroups());
    var moving =
        groups.keySet().stream()
            .filter(group -> !kept.contains(group) && serving.serves(group))
            .toList();
    moving.forEach(group -> groups.get(group).pause());
    kept.addAll(moving);
    close(groups, kept);
    if (!moving.isEmpty()) {
      lookAgain(MOVING_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void retry(String why) {
    if (!trouble.equals(Optional.of(why))) {
      trouble = Optional.of(why);
      LOG.errorf("%s; what was served before goes on, and it is tried again", why);
    }
    lookAgain(RETRY_SECONDS, TimeUnit.SECONDS);
  }

  private static <K> void close(Map<K, ? extends Api.Following> following, Set<K> wanted) {
    following
        .entrySet()
        .removeIf(
            entry -> {
              var over = !wanted.contains(entry.getKey());
              if (over) {
                entry.getValue().close();
              }
              return over;
            });
  }
}
