package dev.kubewsgi.gateway.admin.api;

import dev.kubewsgi.gateway.admin.api.ApplicationGroupInfo.Script;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.RunningRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.ThreadStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.gateway.status.GatewayStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A gateway's status at one moment in the words of the JSON API: what was declared, joined with how
 * it does. What was declared and has no status yet is starting.
 */
public final class StatusView {

  private final GatewayStatus status;
  private final List<RouteTable> tables;
  private final List<ApplicationGroupStatus> running;
  private final Map<String, ApplicationGroupStatus> runningById;
  private final Instant now;

  /**
   * @param now what the age of a request is counted to
   */
  public StatusView(GatewayStatus status, Instant now) {
    this.status = status;
    this.now = now;
    this.tables = status.routeTables();
    this.running = status.applicationGroups();
    this.runningById = byId(running, ApplicationGroupStatus::id);
  }

  /** The gateways, in the order of their tables. */
  public List<GatewayInfo> gateways() {
    Map<String, Integer> ports = status.ports();
    return tables.stream().map(table -> gateway(table, ports)).toList();
  }

  private GatewayInfo gateway(RouteTable table, Map<String, Integer> ports) {
    GatewaySettings settings = table.gateway();
    return new GatewayInfo(
        settings.id(),
        state(),
        settings.listeners().stream()
            .map(listener -> listener(settings.id(), listener, ports))
            .toList(),
        settings
            .embedded()
            .map(
                embedded ->
                    new GatewayInfo.Embedded(embedded.threads(), QueueInfo.of(embedded.queue()))),
        table.routes().size());
  }

  private GatewayInfo.State state() {
    if (status.isDraining()) {
      return GatewayInfo.State.DRAINING;
    }
    return status.isReady() ? GatewayInfo.State.READY : GatewayInfo.State.STARTING;
  }

  private static GatewayInfo.Listener listener(
      String gateway, Listener listener, Map<String, Integer> ports) {
    return new GatewayInfo.Listener(
        listener.name(),
        listener.address(),
        Optional.ofNullable(ports.get(gateway + "/" + listener.name())),
        listener.tls().isPresent());
  }

  /** The claims of all gateways, each gateway's by host and path. */
  public List<AliasInfo> aliases() {
    return tables.stream().flatMap(this::aliases).toList();
  }

  private Stream<AliasInfo> aliases(RouteTable table) {
    Map<String, ApplicationGroup> groups = byId(table.applicationGroups(), ApplicationGroup::id);
    return table.routes().stream()
        .sorted(Comparator.comparing(Route::host).thenComparing(Route::path))
        .map(route -> alias(table.gateway().id(), route, groups.get(route.applicationGroup())));
  }

  private AliasInfo alias(String gateway, Route route, ApplicationGroup group) {
    Optional<String> processGroup = daemonGroup(group);
    Optional<ApplicationGroupStatus> now = runningNow(group.id());
    return new AliasInfo(
        gateway,
        route.host(),
        route.path().isEmpty() ? "/" : route.path(),
        route.alias(),
        route.script(),
        route.callable(),
        mode(processGroup),
        processGroup,
        group.id(),
        now.map(ApplicationGroupStatus::state).orElse(State.STARTING),
        now.flatMap(ApplicationGroupStatus::failure).map(FailureInfo::of));
  }

  /** The daemon groups that tables name, each once. */
  public List<GroupInfo> groups() {
    Map<String, DaemonGroupStatus> statuses = byId(status.daemonGroups(), DaemonGroupStatus::id);
    Map<String, List<ApplicationGroupInfo>> members =
        applicationGroups().stream()
            .filter(group -> group.mode() == Mode.DAEMON)
            .collect(Collectors.groupingBy(group -> group.processGroup().orElseThrow()));
    Stream<DaemonGroupSettings> declared =
        tables.stream().flatMap(table -> table.daemonGroups().stream());
    return byId(declared.toList(), DaemonGroupSettings::id).values().stream()
        .map(
            settings ->
                group(
                    settings,
                    Optional.ofNullable(statuses.get(settings.id())),
                    members.getOrDefault(settings.id(), List.of())))
        .toList();
  }

  private static GroupInfo group(
      DaemonGroupSettings settings,
      Optional<DaemonGroupStatus> status,
      List<ApplicationGroupInfo> members) {
    return new GroupInfo(
        settings.id(),
        settings.displayName(),
        settings.replicas(),
        settings.processes(),
        settings.threads(),
        status.map(DaemonGroupStatus::slots).orElse(0),
        status.map(DaemonGroupStatus::busySlots).orElse(0),
        status.map(DaemonGroupStatus::waiting).orElse(0),
        status.map(DaemonGroupStatus::oldestWaitMillis).orElse(0L) / 1e3,
        status.map(DaemonGroupStatus::putBack).orElse(0L),
        status.map(DaemonGroupStatus::workerEnds).orElseGet(Map::of),
        QueueInfo.of(settings.queue()),
        status.map(DaemonGroupStatus::supervisors).orElse(List.of()),
        settings.env().keySet().stream().sorted().toList(),
        members);
  }

  /** The application groups that tables name, each once, of both modes. */
  public List<ApplicationGroupInfo> applicationGroups() {
    Stream<ApplicationGroup> declared =
        tables.stream().flatMap(table -> table.applicationGroups().stream());
    return byId(declared.toList(), ApplicationGroup::id).values().stream()
        .map(this::applicationGroup)
        .toList();
  }

  private ApplicationGroupInfo applicationGroup(ApplicationGroup group) {
    Optional<String> processGroup = daemonGroup(group);
    Optional<ApplicationGroupStatus> now = runningNow(group.id());
    List<ThreadStatus> threads =
        now.stream()
            .flatMap(status -> status.workers().stream())
            .flatMap(worker -> worker.threads().stream())
            .toList();
    return new ApplicationGroupInfo(
        group.id(),
        group.name(),
        mode(processGroup),
        processGroup,
        now.map(ApplicationGroupStatus::state).orElse(State.STARTING),
        group.revision(),
        group.scripts().stream()
            .map(script -> new Script(script.script(), script.callable()))
            .toList(),
        group.python().home(),
        group.python().path(),
        group.env().keySet().stream().sorted().toList(),
        now.map(ApplicationGroupStatus::waiting).orElse(0),
        busy(threads),
        threads.size(),
        now.flatMap(ApplicationGroupStatus::failure).map(FailureInfo::of));
  }

  /** The workers of both modes, those included that drain and that no table names any more. */
  public List<WorkerInfo> workers() {
    return running.stream()
        .flatMap(group -> group.workers().stream().map(worker -> worker(group, worker)))
        .toList();
  }

  private static WorkerInfo worker(ApplicationGroupStatus group, WorkerStatus worker) {
    return new WorkerInfo(
        mode(group.processGroup()),
        group.processGroup(),
        group.id(),
        worker.pid(),
        worker.state(),
        worker.revision(),
        worker.since(),
        busy(worker.threads()),
        worker.threads().size(),
        worker.overtime().stream()
            .map(each -> new WorkerInfo.Overtime(each.requestId(), each.stack()))
            .toList());
  }

  /** The threads of {@link #workers}. */
  public List<ThreadInfo> threads() {
    return running.stream()
        .flatMap(group -> group.workers().stream().flatMap(worker -> threads(group, worker)))
        .toList();
  }

  private Stream<ThreadInfo> threads(ApplicationGroupStatus group, WorkerStatus worker) {
    return worker.threads().stream()
        .map(
            thread ->
                new ThreadInfo(
                    mode(group.processGroup()),
                    group.processGroup(),
                    group.id(),
                    worker.pid(),
                    worker.revision(),
                    thread.id(),
                    thread.running().map(this::request),
                    thread.lost()));
  }

  private ThreadInfo.Request request(RunningRequest request) {
    // A request may be handed over after the moment that this view is of.
    long millis = Math.max(0, Duration.between(request.since(), now).toMillis());
    return new ThreadInfo.Request(
        request.requestId(), request.method(), request.target(), request.since(), millis / 1e3);
  }

  private Optional<ApplicationGroupStatus> runningNow(String id) {
    return Optional.ofNullable(runningById.get(id));
  }

  private static Optional<String> daemonGroup(ApplicationGroup group) {
    return switch (group.processGroup()) {
      case ProcessGroup.Embedded() -> Optional.empty();
      case ProcessGroup.Daemon(String id) -> Optional.of(id);
    };
  }

  private static Mode mode(Optional<String> processGroup) {
    return processGroup.isPresent() ? Mode.DAEMON : Mode.EMBEDDED;
  }

  private static int busy(List<ThreadStatus> threads) {
    return (int) threads.stream().filter(thread -> thread.running().isPresent()).count();
  }

  /** In order; of two with one id, the first. */
  private static <T> Map<String, T> byId(List<T> list, Function<T, String> id) {
    return list.stream()
        .collect(
            Collectors.toMap(
                id, Function.identity(), (first, second) -> first, LinkedHashMap::new));
  }
}
