package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.cluster.TableAssembly.Place;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.IndexDocument;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.ShardDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableAssemblyTest {

  private static final long NOW = 1_000;
  private static final long LATER = NOW + TableAssembly.MOMENT_NANOS;

  private final Documents documents = new Documents("web");
  private final TableAssembly assembly = new TableAssembly();

  @Test
  void thereIsNoTableUntilEveryShardHasCome() {
    index(2);
    shard(2, 0, "a");
    assertTrue(assembly.table(NOW).isEmpty());
    shard(2, 1, "b");
    assertEquals(Set.of("/a", "/b"), paths(NOW));
  }

  @Test
  void shardsMayComeBeforeTheIndex() {
    shard(1, 0, "a");
    index(1);
    assertEquals(Set.of("/a"), paths(NOW));
  }

  @Test
  void anotherNumberOfShardsCountsOnceAllOfThemAreThere() {
    index(1);
    shard(1, 0, "a");
    index(2);
    shard(2, 0, "b");
    assertEquals(Set.of("/a"), paths(NOW));
    assertEquals(Set.of(new Place(1, 0), new Place(2, 0), new Place(2, 1)), assembly.places());
    shard(2, 1, "a");
    assertEquals(Set.of("/a", "/b"), paths(NOW));
    assertEquals(Set.of(new Place(2, 0), new Place(2, 1)), assembly.places());
  }

  @Test
  void aClaimThatMovesFromOneShardToAnotherIsServedAllTheTime() {
    index(2);
    shard(2, 0, "a");
    shard(2, 1);
    assertEquals(Set.of("/a"), paths(NOW));
    shard(2, 0);
    assertEquals(Set.of("/a"), paths(NOW));
    assertTrue(assembly.awaitsMoment());
    shard(2, 1, "a");
    assertEquals(Set.of("/a"), paths(LATER));
    assertFalse(assembly.awaitsMoment());
  }

  @Test
  void aClaimInTwoShardsIsThatOfTheOneThatChangedLast() {
    index(2);
    assembly.shard(new Place(2, 0), claiming("/a", group("old")));
    assembly.shard(new Place(2, 1), claiming("/a", group("new")));
    assertEquals("web/site1|new", onlyRoute().applicationGroup());
    assembly.shard(new Place(2, 0), claiming("/a", group("old")));
    assertEquals("web/site1|old", onlyRoute().applicationGroup());
  }

  @Test
  void aClaimThatIsGivenUpIsServedForAMomentOnly() {
    index(1);
    shard(1, 0, "a", "b");
    paths(NOW);
    shard(1, 0, "b");
    assertEquals(Set.of("/a", "/b"), paths(NOW));
    assertEquals(Set.of("/b"), paths(LATER));
    assertEquals(1, assembly.table(LATER).orElseThrow().applicationGroups().size());
    assertFalse(assembly.awaitsMoment());
  }

  @Test
  void aRouteIsHeldBackUntilTheIndexHasItsDaemonGroup() {
    assembly.index(new IndexDocument(1, documents.gateway(0), List.of()));
    shard(1, 0, "a");
    assertEquals(Set.of(), paths(NOW));
    index(1);
    assertEquals(Set.of("/a"), paths(NOW));
  }

  @Test
  void anAliasWhoseNewDaemonGroupIsNotKnownYetStaysWhereItWas() {
    index(1);
    assembly.shard(new Place(1, 0), claiming("/a", group("old")));
    onlyRoute();
    var elsewhere = in(new ProcessGroup.Daemon("web/site2"), "web/site2|new");
    assembly.shard(new Place(1, 0), claiming("/a", elsewhere));
    assembly.table(NOW);
    assertEquals("web/site1|old", onlyRoute(LATER).applicationGroup());

    assembly.index(
        new IndexDocument(1, documents.gateway(0), List.of(documents.settings(), site2())));
    assertEquals("web/site2|new", onlyRoute(LATER).applicationGroup());
  }

  @Test
  void anEmbeddedApplicationIsHeldBackWhileTheGatewayHasNoEmbeddedMode() {
    index(1);
    assembly.shard(
        new Place(1, 0), claiming("/a", in(new ProcessGroup.Embedded(), "embedded|web/a")));
    assertEquals(Set.of(), paths(NOW));
  }

  @Test
  void daemonGroupsAreThoseOfTheTableAndOfTheOneToCome() {
    index(1);
    shard(1, 0, "a");
    assembly.table(NOW);
    assembly.index(new IndexDocument(2, documents.gateway(0), List.of(site2())));
    assertEquals(Set.of("web/site1", "web/site2"), assembly.daemonGroups());
  }

  private void index(int shards) {
    assembly.index(new IndexDocument(shards, documents.gateway(0), List.of(documents.settings())));
  }

  private void shard(int count, int number, String... names) {
    var groups = Stream.of(names).map(this::group).toList();
    RouteTable table = documents.table(0, groups.toArray(ApplicationGroup[]::new));
    assembly.shard(new Place(count, number), new ShardDocument(table.routes(), groups));
  }

  private ApplicationGroup group(String name) {
    return documents.says(name, name);
  }

  private static ApplicationGroup in(ProcessGroup place, String id) {
    return new ApplicationGroup(
        id,
        place,
        "*|/a",
        "r1",
        List.of(),
        new PythonSettings(Optional.empty(), List.of()),
        Map.of(),
        Map.of(),
        List.of());
  }

  private static ShardDocument claiming(String path, ApplicationGroup group) {
    var route = new Route("*", path, "web/alias", "/srv/a.py", "application", group.id());
    return new ShardDocument(List.of(route), List.of(group));
  }

  private DaemonGroupSettings site2() {
    var like = documents.settings();
    return new DaemonGroupSettings(
        "web/site2",
        "site2",
        "(wsgi:site2)",
        like.replicas(),
        like.processes(),
        like.multiprocess(),
        like.threads(),
        like.user(),
        like.group(),
        like.workingDir(),
        like.env(),
        like.queue(),
        like.answer(),
        like.startupTimeout(),
        like.gracefulTimeout(),
        like.shutdownTimeout(),
        like.worker());
  }

  private Set<String> paths(long now) {
    return assembly.table(now).orElseThrow().routes().stream()
        .map(Route::path)
        .collect(Collectors.toSet());
  }

  private Route onlyRoute() {
    return onlyRoute(NOW);
  }

  private Route onlyRoute(long now) {
    var routes = assembly.table(now).orElseThrow().routes();
    assertEquals(1, routes.size());
    return routes.getFirst();
  }
}
