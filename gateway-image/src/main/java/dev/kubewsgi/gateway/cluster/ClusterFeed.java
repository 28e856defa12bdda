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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Feeds a gateway from the cluster: its route table from ConfigMaps, and what is known of the pods
 * of the daemon groups in it. Confined to the cluster's thread.
 */
final class ClusterFeed {

  private static final Logger LOG = Logger.getLogger(ClusterFeed.class);
  private static final long RETRY_SECONDS = 5;

  private final GatewayName gateway;
  private final Api api;
  private final PodNetwork network;
  private final Serving serving;
  private final Unreadable unreadable;
  private final ScheduledExecutorService thread;
  private final TableAssembly assembly = new TableAssembly();
  private final Map<Place, Api.Following> shards = new HashMap<>();
  private final Map<String, GroupWatch> groups = new HashMap<>();
  private RouteTable served;
  private Future<?> nextLook = CompletableFuture.completedFuture(null);

  ClusterFeed(
      GatewayName gateway,
      Api api,
      PodNetwork network,
      Serving serving,
      Unreadable unreadable,
      ScheduledExecutorService thread) {
    this.gateway = gateway;
    this.api = api;
    this.network = network;
    this.serving = serving;
    this.unreadable = unreadable;
    this.thread = thread;
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
    settings.forEach(group -> groups.computeIfAbsent(group.id(), this::follow));
  }

  private GroupWatch follow(String group) {
    Consumer<Pods> told = pods -> serving.pods(group, pods);
    return new GroupWatch(group, api, network, unreadable, told);
  }

  /** Serves what the documents say by now, and looks again when that will be something else. */
  private void look() {
    nextLook.cancel(false);
    assembly.table(System.nanoTime()).ifPresent(this::serve);
    if (assembly.awaitsMoment()) {
      lookAgain(TableAssembly.MOMENT_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void lookAgain(long pause, TimeUnit unit) {
    nextLook = thread.schedule(this::look, pause, unit);
  }

  private void serve(RouteTable table) {
    if (table.equals(served)) {
      return;
    }
    try {
      serving.apply(table);
      served = table;
      close(shards, assembly.places());
      close(groups, assembly.daemonGroups());
    } catch (ListenException e) {
      LOG.errorf("%s %s; what was served before goes on", e.code(), e.getMessage());
      lookAgain(RETRY_SECONDS, TimeUnit.SECONDS);
    }
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
