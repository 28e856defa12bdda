package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.daemon.DaemonGroup;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.embedded.EmbeddedMode;
import dev.kubewsgi.gateway.http.AccessLog;
import dev.kubewsgi.gateway.http.HttpFront;
import dev.kubewsgi.gateway.http.HttpStats;
import dev.kubewsgi.gateway.http.ListenException;
import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ClusterStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.RouteTable;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Everything that this process serves: the gateways of the route tables that were applied last, and
 * the daemon groups that they share.
 */
@Singleton
public final class Gateway implements GatewayStatus {

  /** How soon an alias moves once its new application group is ready. */
  private static final long MOVE_MILLIS = 25;

  /** A mounted Secret takes up to a minute or so to change. */
  private static final long RENEWAL_SECONDS = 10;

  private static final Logger LOG = Logger.getLogger(Gateway.class);

  private final Vertx vertx;
  private final HttpStats stats;
  private final String version;
  private final Map<String, ServedGateway> gateways = new ConcurrentHashMap<>();
  private final Workspace workspace = new Workspace();
  private final PythonFinder pythons = PythonFinder.OF_THIS_PROCESS;
  private final EmbeddedPython embeddedPython = new EmbeddedPython(pythons, workspace);
  private final ServedDaemonGroups daemonGroups;
  private final AccessLog accessLog = AccessLog.ofLogger();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("alias-moves").unstarted(task));

  private Future<?> nextLook = CompletableFuture.completedFuture(null);
  private List<RouteTable> wanted = List.of();
  private List<RouteTable> inForce = List.of();
  private volatile Optional<Supplier<ClusterStatus>> cluster = Optional.empty();
  private volatile boolean loadedOnce;
  private volatile boolean draining;

  @Inject
  public Gateway(
      Vertx vertx,
      HttpStats stats,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.vertx = vertx;
    this.stats = stats;
    this.version = version;
    this.daemonGroups =
        new ServedDaemonGroups(
            settings ->
                DaemonGroup.onThisMachine(
                    settings, workspace.daemonRuntime(eventLoops(), pythons)));
  }

  /**
   * Leaves the supervisors of daemon groups to others from now on: {@link #pods} says where they
   * are; before the first {@link #apply}.
   *
   * @param status what the cluster is like to this gateway
   */
  public synchronized void joinCluster(Supplier<ClusterStatus> status) {
    cluster = Optional.of(status);
    daemonGroups.make(settings -> DaemonGroup.inPods(settings, eventLoops()));
    timer.scheduleWithFixedDelay(
        this::renewCertificates, RENEWAL_SECONDS, RENEWAL_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void renewCertificates() {
    try {
      gateways.values().forEach(ServedGateway::renewCertificates);
    } catch (ListenException e) { // The next look must still come.
      LOG.errorf("%s %s", e.code(), e.getMessage());
    }
  }

  /**
   * What is known of a daemon group's pods, after {@link #joinCluster}.
   *
   * @param group its id; tables may name it now or later
   */
  public void pods(String group, Pods known) {
    daemonGroups.pods(group, known);
  }

  /** Whether requests for a daemon group are taken: its aliases may be about to move away. */
  public boolean serves(String group) {
    return daemonGroups.has(group);
  }

  /**
   * Serves these tables from now on, and nothing else. New code is loaded beside the old and takes
   * over when it can serve; requests in flight are finished where they are.
   *
   * @return completes when each new revision of embedded code serves or has failed
   * @throws dev.kubewsgi.gateway.http.ListenException a new listener cannot be bound
   */
  public synchronized CompletableFuture<Void> apply(List<RouteTable> tables) {
    var before = wanted;
    wanted = List.copyOf(tables);
    try {
      return enforce(plans());
    } catch (RuntimeException e) {
      wanted = before; // What ran before goes on, and aliases that were moving still do.
      throw e;
    }
  }

  /** The tables on the way to those that are wanted. */
  private List<RouteTable> plans() {
    var ready = readiness();
    return wanted.stream().map(table -> plan(table, ready)).toList();
  }

  /** Looks at all application groups when the first is asked for, which most edits do not. */
  private Predicate<String> readiness() {
    var ready = new AtomicReference<Set<String>>();
    return id -> ready.updateAndGet(ids -> ids == null ? readyGroups() : ids).contains(id);
  }

  private Set<String> readyGroups() {
    return applicationGroups().stream()
        .filter(group -> group.state() == State.READY)
        .map(ApplicationGroupStatus::id)
        .collect(Collectors.toSet());
  }

  private RouteTable plan(RouteTable table, Predicate<String> ready) {
    var served = gateways.get(table.gateway().id());
    return served == null || served.table() == null
        ? table
        : Moves.plan(served.table(), table, ready);
  }

  private CompletableFuture<Void> enforce(List<RouteTable> tables) {
    if (tables.stream().anyMatch(ServedGateway::embeds)) {
      embeddedPython.start(); // Beside the daemon groups, which nothing of it waits for.
    }
    tables.forEach(this::open);
    daemonGroups.apply(tables);
    var loaded =
        tables.stream()
            .map(table -> gateway(table).apply(table, daemonGroups::application))
            .toArray(CompletableFuture[]::new);
    settleEventLoops();
    retire(tables);
    inForce = tables;
    lookAgain();
    return CompletableFuture.allOf(loaded).whenComplete((_, _) -> loadedOnce = true);
  }

  /** One look is due at a time, however many edits come while an alias waits to move. */
  private void lookAgain() {
    nextLook.cancel(false);
    if (!inForce.equals(wanted)) {
      nextLook = timer.schedule(this::moveOn, MOVE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Lets aliases go to new application groups that have become ready. */
  private synchronized void moveOn() {
    if (draining || inForce.equals(wanted)) {
      return;
    }
    var next = plans();
    if (next.equals(inForce)) {
      lookAgain();
    } else {
      enforce(next);
    }
  }

  /** Says from now on that no more requests should be sent here, and serves those that are. */
  public void announceEnd() {
    draining = true;
    gateways.values().forEach(ServedGateway::announceEnd);
  }

  /**
   * Takes no more connections, finishes the requests in flight within the graceful timeouts, and
   * ends every application.
   */
  public synchronized CompletableFuture<Void> stop() {
    draining = true;
    timer.shutdown();
    var stopped = gateways.values().stream().map(ServedGateway::stop);
    return CompletableFuture.allOf(stopped.toArray(CompletableFuture[]::new))
        .thenCompose(_ -> daemonGroups.stop())
        .whenComplete(
            (_, _) -> {
              accessLog.close();
              workspace.delete();
            });
  }

  /**
   * In a cluster, once what runs in this process has been tried: groups have pods of their own,
   * which may be none, and their requests wait for them.
   */
  @Override
  public boolean isReady() {
    return !draining && !gateways.isEmpty() && (cluster.isPresent() ? loadedOnce : isLoaded());
  }

  /** A group of no replicas starts nothing, so nothing is awaited of it. */
  private boolean isLoaded() {
    var resting =
        routeTables().stream()
            .flatMap(table -> table.daemonGroups().stream())
            .filter(group -> group.replicas() == 0)
            .map(DaemonGroupSettings::id)
            .collect(Collectors.toSet());
    return applicationGroups().stream()
        .filter(group -> group.processGroup().filter(resting::contains).isEmpty())
        .noneMatch(group -> group.state() == State.STARTING);
  }

  @Override
  public Optional<ClusterStatus> cluster() {
    return cluster.map(Supplier::get);
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public List<RouteTable> routeTables() {
    return gateways.values().stream().map(ServedGateway::table).filter(Objects::nonNull).toList();
  }

  @Override
  public Map<String, Integer> ports() {
    var ports = new LinkedHashMap<String, Integer>();
    gateways.forEach(
        (id, gateway) ->
            gateway
                .listening()
                .forEach(listening -> ports.put(id + "/" + listening.name(), listening.port())));
    return ports;
  }

  @Override
  public Map<String, ClosedListener> closedListeners() {
    var closed = new LinkedHashMap<String, ClosedListener>();
    gateways
        .values()
        .forEach(
            gateway ->
                gateway
                    .closedListeners()
                    .forEach(
                        (name, why) ->
                            closed.put(name, new ClosedListener(why.code(), why.getMessage()))));
    return closed;
  }

  @Override
  public List<ApplicationGroupStatus> applicationGroups() {
    return Stream.concat(
            gateways.values().stream().flatMap(gateway -> gateway.embeddedStatus().stream()),
            daemonGroups.applicationGroups().stream())
        .toList();
  }

  @Override
  public List<DaemonGroupStatus> daemonGroups() {
    return daemonGroups.status();
  }

  private void open(RouteTable table) {
    gateways.computeIfAbsent(
        table.gateway().id(),
        _ -> new ServedGateway(new EmbeddedMode(embeddedPython, workspace::sources), this::listen));
  }

  private HttpFront listen(RouteTable table, LiveRouter router) {
    return HttpFront.start(vertx, table.gateway(), router, stats, accessLog, version);
  }

  private ServedGateway gateway(RouteTable table) {
    return gateways.get(table.gateway().id());
  }

  private void retire(List<RouteTable> tables) {
    var wanted = tables.stream().map(table -> table.gateway().id()).collect(Collectors.toSet());
    gateways.keySet().stream()
        .filter(id -> !wanted.contains(id))
        .forEach(id -> gateways.remove(id).stop());
    gateways.values().forEach(ServedGateway::retire);
    daemonGroups.retire(tables);
  }

  /**
   * Returns when no request can be between the old routes and the application that they named: an
   * event loop does that in one step.
   */
  private void settleEventLoops() {
    eventLoops().forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
  }

  private List<EventLoop> eventLoops() {
    return StreamSupport.stream(((VertxInternal) vertx).getEventLoopGroup().spliterator(), false)
        .map(EventLoop.class::cast)
        .toList();
  }
}
