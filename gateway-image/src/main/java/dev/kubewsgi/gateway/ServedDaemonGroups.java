package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.daemon.DaemonGroup;
import dev.kubewsgi.gateway.daemon.Pods;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.RouteTable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The daemon groups of all route tables: gateways that name the same group share it. */
final class ServedDaemonGroups {

  private static final Logger LOG = Logger.getLogger(ServedDaemonGroups.class);

  private Function<DaemonGroupSettings, DaemonGroup> maker;
  private final Map<String, Pods> pods = new ConcurrentHashMap<>();
  private final Map<String, DaemonGroup> groups = new ConcurrentSkipListMap<>();
  private final Set<CompletableFuture<Void>> leaving = ConcurrentHashMap.newKeySet();
  private volatile List<ApplicationGroup> unavailable = List.of();
  private volatile PythonUnavailableException reason;

  /**
   * @param maker makes a group that is new; {@link PythonUnavailableException} where that needs a
   *     Python that is not there
   */
  ServedDaemonGroups(Function<DaemonGroupSettings, DaemonGroup> maker) {
    this.maker = maker;
  }

  /** Has groups made in another way, before the first one is. */
  void make(Function<DaemonGroupSettings, DaemonGroup> otherMaker) {
    maker = otherMaker;
  }

  /** What is known of a group's pods, perhaps before the group is. */
  void pods(String id, Pods known) {
    pods.put(id, known);
    var group = groups.get(id);
    if (group != null) {
      group.pods(known);
    }
  }

  /**
   * Starts and changes groups as the tables say; those that go are ended by {@link #retire}.
   * Without a Python for them there are none, and their requests are told so.
   */
  void apply(List<RouteTable> tables) {
    var applicationGroups = applicationGroups(tables);
    try {
      declared(tables)
          .forEach(
              (id, settings) ->
                  groups
                      .computeIfAbsent(id, _ -> make(settings))
                      .apply(settings, applicationGroups.getOrDefault(id, List.of())));
      unavailable = List.of();
    } catch (PythonUnavailableException e) {
      LOG.errorf("%s: daemon groups are not available: %s", e.code(), e.getMessage());
      reason = e;
      unavailable = applicationGroups.values().stream().flatMap(List::stream).toList();
    }
  }

  private DaemonGroup make(DaemonGroupSettings settings) {
    var group = maker.apply(settings);
    group.pods(pods.getOrDefault(settings.id(), Pods.UNKNOWN));
    return group;
  }

  boolean has(String id) {
    return groups.containsKey(id);
  }

  Application application(String group, String applicationGroup) {
    var running = groups.get(group);
    if (running != null) {
      return running.application(applicationGroup);
    }
    var failure =
        Failure.of(
            FailureCode.APPLICATION_NOT_LOADED,
            "%s: daemon groups are not available: %s"
                .formatted(reason.code(), reason.getMessage()));
    return exchange -> exchange.fail(failure);
  }

  /** Drains and ends the groups that the tables do not name. */
  void retire(List<RouteTable> tables) {
    var wanted = declared(tables).keySet();
    groups.keySet().stream()
        .filter(id -> !wanted.contains(id))
        .forEach(id -> leave(groups.remove(id)));
  }

  List<DaemonGroupStatus> status() {
    return groups.values().stream().map(DaemonGroup::status).toList();
  }

  List<ApplicationGroupStatus> applicationGroups() {
    return Stream.concat(
            groups.values().stream().flatMap(group -> group.applicationGroups().stream()),
            unavailable.stream().map(this::unavailableStatus))
        .toList();
  }

  private ApplicationGroupStatus unavailableStatus(ApplicationGroup group) {
    return ApplicationGroupStatus.unavailable(group, reason.code(), reason.getMessage());
  }

  /** Completes when no process of any group is left. */
  CompletableFuture<Void> stop() {
    groups.values().forEach(this::leave);
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  private void leave(DaemonGroup group) {
    var left = group.stop().toCompletableFuture();
    leaving.add(left);
    left.whenComplete((_, _) -> leaving.remove(left));
  }

  private static Map<String, DaemonGroupSettings> declared(List<RouteTable> tables) {
    var declared = new LinkedHashMap<String, DaemonGroupSettings>();
    tables.stream()
        .flatMap(table -> table.daemonGroups().stream())
        .forEach(settings -> declared.put(settings.id(), settings));
    return declared;
  }

  /** By daemon group, each once. */
  private static Map<String, List<ApplicationGroup>> applicationGroups(List<RouteTable> tables) {
    var byGroup = new HashMap<String, Map<String, ApplicationGroup>>();
    for (var table : tables) {
      for (var group : table.applicationGroups()) {
        if (group.processGroup() instanceof ProcessGroup.Daemon(String id)) {
          byGroup.computeIfAbsent(id, _ -> new LinkedHashMap<>()).put(group.id(), group);
        }
      }
    }
    var lists = new HashMap<String, List<ApplicationGroup>>();
    byGroup.forEach((id, groups) -> lists.put(id, List.copyOf(groups.values())));
    return lists;
  }
}
