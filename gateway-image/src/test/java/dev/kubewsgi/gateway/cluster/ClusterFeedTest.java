package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.cluster.ApiObject.ConfigMap;
import dev.kubewsgi.gateway.cluster.ApiObject.EndpointSlice;
import dev.kubewsgi.gateway.cluster.ApiObject.Metadata;
import dev.kubewsgi.gateway.cluster.ApiObject.Secret;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.daemon.SupervisorAddress;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a gateway follows and serves; the test is the API server, and time passes when it says. */
class ClusterFeedTest {

  private static final String INDEX = "ConfigMap web/main-gateway";
  private static final String SHARD = "ConfigMap web/main-gateway-routes-1-0";
  private static final String ENDPOINTS = "the EndpointSlices of Service web/site1-group";
  private static final String SECRET = "Secret web/site1-group";
  private static final String DOCUMENT = "ConfigMap web/site1-group";

  private final Documents documents = new Documents("web");
  private final FakeApi api = new FakeApi();
  private final FakeServing serving = new FakeServing();
  private final Unreadable unreadable = new Unreadable();
  private final Later later = new Later();
  private long now = 1;

  @BeforeEach
  void start() {
    new ClusterFeed(
            new GatewayName("web", "main", "main-0"),
            api,
            PodNetwork.DIRECT,
            serving,
            unreadable,
            later,
            () -> now)
        .start();
  }

  @AfterEach
  void stop() {
    later.shutdownNow();
  }

  @Test
  void followsWhatTheIndexLeadsTo() {
    assertEquals(Set.of(INDEX), api.followed());
    write(documents.says("a", "a"));
    assertEquals(Set.of(INDEX, SHARD, ENDPOINTS, SECRET, DOCUMENT), api.followed());
    assertEquals(Set.of("/a"), serving.paths());
  }

  @Test
  void aDaemonGroupThatTheTableDoesNotNameAnyMoreIsNotFollowed() {
    write(documents.says("a", "a"));
    leaveGroups();
    assertEquals(Set.of(INDEX, SHARD), api.followed());
    assertEquals(Pods.UNKNOWN, serving.pods.get("web/site1"));
  }

  @Test
  void whatIsKnownOfAGroupStaysWhileAliasesAreMovingAwayFromIt() {
    write(documents.says("a", "a"));
    api.tell(ENDPOINTS, List.of(slice("10.0.0.1")));
    serving.stillServes = true;
    leaveGroups();
    assertEquals(Set.of(INDEX, SHARD), api.followed());
    assertEquals(1, serving.pods.get("web/site1").addresses().size());

    serving.stillServes = false;
    later.run();
    assertEquals(Pods.UNKNOWN, serving.pods.get("web/site1"));
  }

  @Test
  void aGroupToWhichAliasesReturnInTheMiddleOfTheirMoveIsFollowedAgain() {
    write(documents.says("a", "a"));
    api.tell(ENDPOINTS, List.of(slice("10.0.0.1")));
    serving.stillServes = true;
    leaveGroups();
    write(documents.says("a", "a"));
    assertEquals(Set.of(INDEX, SHARD, ENDPOINTS, SECRET, DOCUMENT), api.followed());
    assertEquals(1, serving.pods.get("web/site1").addresses().size());
  }

  private void leaveGroups() {
    var bare = documents.table(80);
    api.tell(SHARD, "routes.json", Documents.written(bare).shards().getFirst());
    var settings = new RouteTable(bare.gateway(), List.of(), List.of(), List.of());
    api.tell(INDEX, "index.json", Documents.written(settings).index());
    now += TableAssembly.MOMENT_NANOS;
    later.run();
  }

  private static EndpointSlice slice(String address) {
    return new EndpointSlice(
        new Metadata("site1-x", "1"),
        "IPv4",
        List.of(new EndpointSlice.Endpoint(List.of(address))),
        List.of(new EndpointSlice.Port("wsgi", 9000)));
  }

  @Test
  void tellsWhatIsKnownOfAGroupsPods() {
    write(documents.says("a", "a"));
    var slice =
        new EndpointSlice(
            new Metadata("site1-x", "1"),
            "IPv4",
            List.of(
                new EndpointSlice.Endpoint(List.of("10.0.0.1")),
                new EndpointSlice.Endpoint(List.of("10.0.0.2"))),
            List.of(new EndpointSlice.Port("probes", 9001), new EndpointSlice.Port("wsgi", 9000)));
    var ofTheSamePods =
        new EndpointSlice(
            new Metadata("site1-y", "1"),
            "IPv6",
            List.of(new EndpointSlice.Endpoint(List.of("fd00::1"))),
            List.of(new EndpointSlice.Port("wsgi", 9000)));
    api.tell(ENDPOINTS, List.of(slice, ofTheSamePods));
    api.tell(
        SECRET,
        List.of(
            new Secret(
                new Metadata("site1-group", "1"),
                Map.of("previous", base64("old"), "current", base64("new")))));
    var document = documents.groupDocument(7, documents.says("a", "a"));
    api.tell(DOCUMENT, "group.json", document);

    var pods = serving.pods.get("web/site1");
    assertEquals(
        Set.of(
            new SupervisorAddress.Tcp("10.0.0.1", 9000),
            new SupervisorAddress.Tcp("10.0.0.2", 9000)),
        pods.addresses());
    assertEquals(List.of("new", "old"), pods.secrets());
    assertEquals(new Pods.Document(7, document), pods.document().orElseThrow());
  }

  @Test
  void aSecretOrDocumentThatIsDeletedStaysWhatPodsKnow() {
    write(documents.says("a", "a"));
    api.tell(
        SECRET,
        List.of(new Secret(new Metadata("site1-group", "1"), Map.of("current", base64("one")))));
    api.tell(DOCUMENT, "group.json", documents.groupDocument(7));
    api.tell(SECRET, List.of());
    api.tell(DOCUMENT, List.of());

    var pods = serving.pods.get("web/site1");
    assertEquals(List.of("one"), pods.secrets());
    assertEquals(7, pods.document().orElseThrow().sequence());
  }

  @Test
  void aTableIsAppliedOnlyWhenItIsAnotherOne() {
    write(documents.says("a", "a"));
    write(documents.says("a", "a"));
    assertEquals(1, serving.applied.size());
    write(documents.says("a", "b"));
    assertEquals(2, serving.applied.size());
  }

  @Test
  void whatCannotBeAppliedIsTriedAgain() {
    serving.refuses = true;
    write(documents.says("a", "a"));
    assertEquals(0, serving.applied.size());
    later.run();
    assertEquals(0, serving.applied.size());
    serving.refuses = false;
    later.run();
    assertEquals(Set.of("/a"), serving.paths());
    assertFalse(later.run());
  }

  @Test
  void aClaimThatIsGivenUpGoesAMomentLater() {
    write(documents.says("a", "a"), documents.says("b", "b"));
    write(documents.says("b", "b"));
    assertEquals(Set.of("/a", "/b"), serving.paths());
    now += TableAssembly.MOMENT_NANOS;
    assertTrue(later.run());
    assertEquals(Set.of("/b"), serving.paths());
  }

  @Test
  void documentsThatCannotBeReadAreCountedAndLeaveWhatIs() {
    write(documents.says("a", "a"));
    api.tell(INDEX, "index.json", "{}");
    api.tell(SHARD, "routes.json", "{}");
    api.tell(DOCUMENT, "group.json", "{}");
    assertEquals(3, unreadable.count());
    assertEquals(1, serving.applied.size());
  }

  private void write(ApplicationGroup... groups) {
    var written = Documents.written(documents.table(80, groups));
    api.tell(INDEX, "index.json", written.index());
    api.tell(SHARD, "routes.json", written.shards().getFirst());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Tells what it is told to those who follow it. */
  private static final class FakeApi implements Api {
    private final Map<String, Consumer<List<ApiObject>>> listeners = new HashMap<>();

    Set<String> followed() {
      return listeners.keySet();
    }

    void tell(String subject, String key, String text) {
      tell(subject, List.of(new ConfigMap(new Metadata("x", "1"), Map.of(key, text))));
    }

    void tell(String subject, List<ApiObject> objects) {
      listeners.get(subject).accept(objects);
    }

    @Override
    @SuppressWarnings("unchecked") // A test that tells another kind than was asked for fails.
    public <T extends ApiObject> Following follow(
        Selection<T> selection, Consumer<List<T>> listener) {
      listeners.put(selection.subject(), objects -> listener.accept((List<T>) objects));
      return () -> listeners.remove(selection.subject());
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public <T extends ApiObject> Following poll(Selection<T> selection, Consumer<T> listener) {
      listeners.put(
          selection.subject(), objects -> objects.forEach(each -> listener.accept((T) each)));
      return () -> listeners.remove(selection.subject());
    }

    @Override
    public CompletableFuture<Void> patch(String path, String mergePatch) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class FakeServing implements Serving {
    final List<RouteTable> applied = new ArrayList<>();
    final Map<String, Pods> pods = new HashMap<>();
    boolean refuses;
    boolean stillServes;

    @Override
    public boolean serves(String group) {
      return stillServes;
    }

    @Override
    public void apply(RouteTable table) {
      if (refuses) {
        throw new IllegalStateException("as when a port is taken");
      }
      applied.add(table);
    }

    @Override
    public void pods(String group, Pods known) {
      pods.put(group, known);
    }

    Set<String> paths() {
      return Set.copyOf(applied.getLast().routes().stream().map(Route::path).toList());
    }
  }

  /** Runs what is due later when the test says so. */
  private static final class Later extends ScheduledThreadPoolExecutor {
    private final Deque<Runnable> due = new ArrayDeque<>();

    Later() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      due.add(task);
      return super.schedule(() -> {}, delay, unit);
    }

    /**
     * @return whether anything was due
     */
    boolean run() {
      var task = due.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }
  }
}
