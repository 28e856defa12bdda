package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Embedded mode: the application groups that run in the gateway's own process. */
public final class EmbeddedMode {

  private static final Logger LOG = Logger.getLogger(EmbeddedMode.class);

  private final Supplier<PythonRuntime> starter;
  private final Supplier<Path> sources;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("embedded-timer").unstarted(task));

  // Guarded by this.
  private final Map<String, EmbeddedApplication> applications = new LinkedHashMap<>();
  private List<ApplicationGroup> unavailable = List.of();
  private PythonRuntime runtime;
  private PythonUnavailableException reason;

  /**
   * @param starter starts CPython when the first application needs it; throws {@link
   *     PythonUnavailableException}
   * @param sources a directory for the files that travel with application groups
   */
  public EmbeddedMode(Supplier<PythonRuntime> starter, Supplier<Path> sources) {
    this.starter = starter;
    this.sources = sources;
  }

  /**
   * Makes what runs equal to {@code groups}; those that are not named any more are ended after
   * {@link #retire}.
   *
   * @return completes when each new revision serves or has failed
   */
  public synchronized CompletableFuture<Void> apply(
      List<ApplicationGroup> groups, EmbeddedSettings settings) {
    if (!groups.isEmpty() && !startPython()) {
      unavailable = List.copyOf(groups);
      return CompletableFuture.completedFuture(null);
    }
    unavailable = List.of();
    return CompletableFuture.allOf(
        groups.stream()
            .map(
                group ->
                    applications
                        .computeIfAbsent(
                            group.id(), _ -> new EmbeddedApplication(runtime, sources, timer))
                        .apply(group, settings))
            .toArray(CompletableFuture[]::new));
  }

  /** Drains and ends the application groups that {@code groups} does not name. */
  public synchronized void retire(List<ApplicationGroup> groups) {
    var wanted = groups.stream().map(ApplicationGroup::id).toList();
    var gone = applications.keySet().stream().filter(id -> !wanted.contains(id)).toList();
    gone.forEach(id -> applications.remove(id).stop());
  }

  /** Where requests for an application group go; only for those that were applied. */
  public synchronized Application application(String id) {
    var application = applications.get(id);
    if (application != null) {
      return application;
    }
    var failure =
        Failure.of(
            FailureCode.APPLICATION_NOT_LOADED,
            "%s: embedded mode is not available: %s".formatted(reason.code(), reason.getMessage()));
    return exchange -> exchange.fail(failure);
  }

  public synchronized List<ApplicationGroupStatus> status() {
    return Stream.concat(
            applications.values().stream().map(EmbeddedApplication::status),
            unavailable.stream().map(this::unavailableStatus))
        .toList();
  }

  /** Drains and ends all; completes when nothing is left. */
  public synchronized CompletableFuture<Void> stop() {
    var all = new ArrayList<>(applications.values());
    applications.clear();
    return CompletableFuture.allOf(
            all.stream().map(EmbeddedApplication::stop).toArray(CompletableFuture[]::new))
        .whenComplete((_, _) -> timer.shutdown());
  }

  private boolean startPython() {
    if (runtime != null) {
      return true;
    }
    if (reason != null) {
      return false; // CPython is loaded into a process once: a second try would not differ.
    }
    try {
      runtime = starter.get();
      LOG.infof(
          "embedded mode runs Python %s (%s)",
          runtime.installation().version(), runtime.installation().executable());
      return true;
    } catch (PythonUnavailableException e) {
      reason = e;
      LOG.errorf("%s: embedded mode is not available: %s", e.code(), e.getMessage());
      return false;
    }
  }

  private ApplicationGroupStatus unavailableStatus(ApplicationGroup group) {
    return ApplicationGroupStatus.unavailable(group, reason.code(), reason.getMessage());
  }
}
