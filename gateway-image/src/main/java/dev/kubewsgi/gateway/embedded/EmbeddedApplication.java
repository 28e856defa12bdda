package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.LoadException;
import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.LoadFailure;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import dev.kubewsgi.routes.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * An application group in embedded mode, over all its revisions: a new one is loaded beside the old
 * one and takes over when it can serve; then the old one drains.
 *
 * <p>Modelled in src/test/models/reload.pml: change that first.
 */
public final class EmbeddedApplication implements Application {

  private static final Logger LOG = Logger.getLogger(EmbeddedApplication.class);

  /** Interpreters that a group may leave behind with requests in them that cannot be ended. */
  private static final int MOST_LOST = 4;

  /**
   * Between two attempts to replace one: what its import needs may be what its requests wait for.
   */
  private static final long REPLACE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** For the stacks of an import that takes too long, which need the GIL. */
  private static final long STACKS_SECONDS = 1;

  /** How exactly the queue's timeout is kept. */
  private static final long EXPIRE_MILLIS = 50;

  private final PythonRuntime runtime;
  private final Supplier<Path> sources;
  private final ScheduledExecutorService timer;
  private final ScheduledFuture<?> expiry;

  // Guarded by this; serving is read without.
  private final List<EmbeddedInterpreter> draining = new ArrayList<>();
  private volatile EmbeddedInterpreter starting;
  private volatile EmbeddedInterpreter serving;
  private volatile LoadFailure failure;
  private EmbeddedSettings settings;
  private boolean stopped;
  private long nextReplacement = System.nanoTime();

  EmbeddedApplication(
      PythonRuntime runtime, Supplier<Path> sources, ScheduledExecutorService timer) {
    this.runtime = runtime;
    this.sources = sources;
    this.timer = timer;
    this.expiry =
        timer.scheduleWithFixedDelay(
            this::expire, EXPIRE_MILLIS, EXPIRE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Loads a revision and serves it from then on.
   *
   * @return completes when it serves, or has failed to load and what ran before goes on
   */
  synchronized CompletableFuture<Void> apply(ApplicationGroup group, EmbeddedSettings wanted) {
    var newest = starting != null ? starting : serving;
    if (newest != null && newest.group().equals(group) && wanted.equals(settings)) {
      return CompletableFuture.completedFuture(null);
    }
    settings = wanted;
    return load(group, wanted);
  }

  private CompletableFuture<Void> load(ApplicationGroup group, EmbeddedSettings wanted) {
    var next = new EmbeddedInterpreter(runtime, sources, group, wanted);
    supersede(next);
    if (serving == null) {
      serving = next; // Requests wait in its queue until it has loaded.
    }
    var replaces = serving.isSingle() && next.isSingle();
    serving.standsIn(replaces);
    next.standsIn(replaces);
    var loading = next.start();
    var limit =
        timer.schedule(
            () -> loadTooSlow(next), wanted.startupTimeout().toMillis(), TimeUnit.MILLISECONDS);
    return loading.handle(
        (_, error) -> {
          limit.cancel(false);
          loadEnded(next, error);
          return null;
        });
  }

  @Override
  public void handle(Exchange exchange) {
    var target = revisionFor(exchange.request().route());
    var request = new EmbeddedRequest(exchange, target.queueTimeoutNanos());
    request.begin();
    enqueue(request, target);
  }

  private void enqueue(EmbeddedRequest request, EmbeddedInterpreter first) {
    var target = first;
    while (true) {
      switch (target.offer(request)) {
        case TAKEN -> {
          return;
        }
        case FULL -> {
          request.fail(target.queueFull());
          return;
        }
        case CLOSED -> {
          var cause = failure; // Before it is forgotten for a revision that serves.
          var other = revisionFor(request.request().route());
          if (other == target) {
            request.fail(notServing(target, cause));
            return;
          }
          target = other; // A reload came between: another revision takes it.
        }
      }
    }
  }

  /**
   * The revision that serves, unless another script has come into the group beside what that one
   * has: requests for it wait until the new revision has loaded.
   */
  private EmbeddedInterpreter revisionFor(Route route) {
    var next = starting; // First: what has taken over in between is then seen to serve.
    var now = serving;
    return next == null || now.canServe(route) || !next.canServe(route) || next.isSingle()
        ? now
        : next;
  }

  /** Finishes what is being served and ends. */
  synchronized CompletableFuture<Void> stop() {
    stopped = true;
    retire(starting);
    retire(serving);
    return CompletableFuture.allOf(
            draining.stream().map(EmbeddedInterpreter::ended).toArray(CompletableFuture[]::new))
        .whenComplete((_, _) -> expiry.cancel(false));
  }

  synchronized ApplicationGroupStatus status() {
    var all = new ArrayList<EmbeddedInterpreter>();
    all.add(serving);
    if (starting != null && starting != serving) {
      all.add(starting);
    }
    all.addAll(draining);
    var group = serving.group();
    return new ApplicationGroupStatus(
        group.id(),
        group.name(),
        Optional.empty(),
        serving.status().state(),
        all.stream().distinct().map(EmbeddedInterpreter::status).toList(),
        serving.waiting(),
        Optional.ofNullable(failure));
  }

  static Failure notLoaded(ApplicationGroup group, LoadException cause) {
    return Failure.of(
        FailureCode.APPLICATION_NOT_LOADED,
        "%s: application group %s: %s".formatted(cause.code(), group.id(), cause.getMessage()));
  }

  private void supersede(EmbeddedInterpreter next) {
    var superseded = starting;
    starting = next; // First: a request that meets a closed revision looks for another one here.
    if (superseded != serving) {
      retire(superseded);
    }
  }

  private synchronized void loadEnded(EmbeddedInterpreter loaded, Throwable error) {
    if (error instanceof LoadException cause) {
      loadFailed(loaded, cause);
    } else if (loaded == starting && !stopped) {
      var old = serving;
      serving = loaded;
      starting = null;
      failure = null;
      if (old != loaded) {
        retire(old);
      }
    }
  }

  private void loadFailed(EmbeddedInterpreter loaded, LoadException cause) {
    var keeps = serving != loaded;
    LOG.errorf(
        "%s application group %s: %s%s%s",
        cause.code(),
        loaded.group().id(),
        cause.getMessage(),
        keeps ? "; the code that ran before goes on" : "",
        cause.traceback().isEmpty() ? "" : "\n" + cause.traceback().stripTrailing());
    if (loaded == starting || !keeps) {
      failure =
          new LoadFailure(cause.code(), cause.getMessage(), cause.traceback(), Optional.empty());
    }
    if (loaded == starting) {
      starting = null;
    }
  }

  /**
   * The load goes on in its interpreter, which cannot be taken from it, but nobody waits for it.
   */
  private void loadTooSlow(EmbeddedInterpreter slow) {
    var _ =
        CompletableFuture.supplyAsync(slow::stacks, EmbeddedApplication::aside)
            .completeOnTimeout("", STACKS_SECONDS, TimeUnit.SECONDS)
            .thenAccept(stacks -> giveUp(slow, stacks));
  }

  /** What takes the GIL must not hold up the timer. */
  private static void aside(Runnable task) {
    Thread.ofPlatform()
        .daemon()
        .name("embedded-stacks")
        .stackSize(PythonRuntime.STACK_BYTES)
        .start(task);
  }

  private void giveUp(EmbeddedInterpreter slow, String stacks) {
    slow.giveUp(
        new LoadException(
            "KW307",
            "loading %s took longer than the startupTimeout of %d ms; the traceback shows where it"
                    .formatted(scripts(slow.group()), settings.startupTimeout().toMillis())
                + " is; mend that, or raise spec.embedded.startupTimeout of the gateway",
            stacks));
  }

  private static String scripts(ApplicationGroup group) {
    return group.scripts().stream()
        .map(ApplicationGroup.Script::script)
        .collect(Collectors.joining(", "));
  }

  private void retire(EmbeddedInterpreter old) {
    if (old == null || draining.contains(old)) {
      return;
    }
    draining.add(old);
    old.ended()
        .thenRun(
            () -> {
              synchronized (this) {
                draining.remove(old);
              }
            });
    old.drain();
  }

  /** Never throws: it would not be called again. */
  private void expire() {
    try {
      expire(System.nanoTime());
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "embedded mode could not look after its requests");
    }
  }

  private synchronized void expire(long now) {
    if (serving == null) {
      return;
    }
    serving.expire(now);
    draining.forEach(old -> old.expire(now));
    draining.forEach(old -> old.takeStranded(now).forEach(request -> enqueue(request, serving)));
    if (starting != null) {
      starting.expire(now);
    } else if (isToBeReplaced(now)) {
      nextReplacement = now + REPLACE_PAUSE_NANOS;
      replaceLost();
    }
  }

  private boolean isToBeReplaced(long now) {
    return !stopped
        && draining.size() < MOST_LOST
        && now - nextReplacement >= 0
        && serving.isLost(now);
  }

  /**
   * Threads that wait outside Python for ever cannot be ended: the same code starts beside them.
   */
  private void replaceLost() {
    LOG.warnf(
        "KW519 application group %s: each of its threads has a request that cannot be ended; the"
            + " same code starts beside them, and they stay in memory while they last. Give what"
            + " they wait for a timeout of its own, or move the alias to a daemon group"
            + " (spec.processGroup), where such a worker is replaced",
        serving.group().id());
    var _ = load(serving.group(), settings);
  }

  private Failure notServing(EmbeddedInterpreter target, LoadFailure cause) {
    if (cause == null) {
      return Failure.retryable(
          FailureCode.SHUTTING_DOWN,
          "application group " + target.group().id() + " is ending",
          Duration.ofSeconds(1));
    }
    return Failure.of(
        FailureCode.APPLICATION_NOT_LOADED,
        "%s: application group %s: %s"
            .formatted(cause.code(), target.group().id(), cause.message()));
  }
}
