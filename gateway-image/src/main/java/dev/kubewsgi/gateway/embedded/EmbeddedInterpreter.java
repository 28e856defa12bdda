package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.Interpreter;
import dev.kubewsgi.gateway.embedded.cpython.InterpreterThread;
import dev.kubewsgi.gateway.embedded.cpython.LoadException;
import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.OvertimeRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.RunningRequest;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.ThreadStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.WorkerStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GatewaySettings.EmbeddedSettings;
import dev.kubewsgi.routes.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One revision of an application group in an interpreter, with its threads and the queue in front
 * of them. It takes requests from the start; they are served once the scripts are loaded.
 */
final class EmbeddedInterpreter {

  private static final Logger LOG = Logger.getLogger(EmbeddedInterpreter.class);

  /** Time enough for some requests to end; the shortest that the field can say. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final PythonRuntime runtime;
  private final Supplier<Path> sources;
  private final ApplicationGroup group;
  private final EmbeddedSettings settings;
  private final Crew<EmbeddedRequest> crew;
  private final Instant since = Instant.now();
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Map<ApplicationGroup.Script, Interpreter.Handler> handlers =
      new ConcurrentHashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private volatile Interpreter interpreter;
  private volatile SourceFiles files = SourceFiles.none();
  private volatile Optional<Overtime> overtime = Optional.empty();
  private volatile State state = State.STARTING;
  private volatile boolean standsIn;

  EmbeddedInterpreter(
      PythonRuntime runtime,
      Supplier<Path> sources,
      ApplicationGroup group,
      EmbeddedSettings settings) {
    this.runtime = runtime;
    this.sources = sources;
    this.group = group;
    this.settings = settings;
    this.crew = new Crew<>(settings.queue().maxLength());
  }

  /**
   * Loads the scripts and then serves.
   *
   * @return completes when it is loaded; with a {@link LoadException}: it cannot be
   */
  CompletableFuture<Void> start() {
    for (var i = 0; i < settings.threads(); i++) {
      workers.add(new Worker(i));
    }
    workers.getFirst().thread.start();
    return loaded;
  }

  /** Completes when nothing of it is left. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  ApplicationGroup group() {
    return group;
  }

  /** Whether it holds, or will hold when it has loaded, what a route names. */
  boolean canServe(Route route) {
    return group.scripts().contains(script(route));
  }

  /** Whether it has one callable alone: what takes its place is the same application. */
  boolean isSingle() {
    return group.scripts().size() == 1;
  }

  /**
   * Whether its only callable answers whatever a route names: one alone takes the place of another
   * alone, of which the routes come a little earlier or later. What comes beside it does not.
   */
  void standsIn(boolean does) {
    standsIn = does;
  }

  private static ApplicationGroup.Script script(Route route) {
    return new ApplicationGroup.Script(route.script(), route.callable());
  }

  Crew.Offer offer(EmbeddedRequest request) {
    return crew.offer(request);
  }

  int waiting() {
    return crew.waiting();
  }

  long queueTimeoutNanos() {
    return settings.queue().timeout().toNanos();
  }

  Failure queueFull() {
    return Failure.retryable(
        FailureCode.QUEUE_FULL,
        "%d requests wait already for the %d threads of the embedded application group %s"
            .formatted(settings.queue().maxLength(), settings.threads(), group.id()),
        RETRY_AFTER);
  }

  /** Lets it finish what it has taken, then ends it. */
  void drain() {
    state = State.DRAINING;
    crew.close();
  }

  /** Fails what has waited for longer than the queue's timeout, or has run for too long. */
  void expire(long nanoTime) {
    crew.removeWhile(request -> request.isOverdue(nanoTime)).forEach(this::failOverdue);
    overtime.ifPresent(watch -> watch.cutOff(nanoTime));
  }

  /** Whether each of its threads has a request that cannot be ended. */
  boolean isLost(long nanoTime) {
    return overtime.isPresent() && workers.stream().allMatch(worker -> worker.isLost(nanoTime));
  }

  /** The requests that wait here for threads which are all lost. */
  List<EmbeddedRequest> takeStranded(long nanoTime) {
    return isLost(nanoTime) ? crew.removeWhile(_ -> true) : List.of();
  }

  WorkerStatus status() {
    var threads = workers.stream().map(Worker::status).toList();
    var overtimes =
        running()
            .flatMap(
                request ->
                    request.stack().stream()
                        .map(stack -> new OvertimeRequest(request.request().id(), stack)))
            .toList();
    return new WorkerStatus(
        ProcessHandle.current().pid(), state, group.revision(), since, threads, overtimes);
  }

  /** Ends its loading as failed, though the thread that loads cannot be stopped. */
  void giveUp(LoadException reason) {
    if (loaded.completeExceptionally(reason)) {
      refuseAll(reason);
    }
  }

  private void refuseAll(LoadException reason) {
    state = State.FAILED;
    crew.close();
    crew.removeWhile(request -> true)
        .forEach(request -> request.fail(EmbeddedApplication.notLoaded(group, reason)));
  }

  /** The Python stacks of its threads; for a load that takes too long. */
  synchronized String stacks() {
    var target = interpreter;
    if (target == null) {
      return "";
    }
    var thread = InterpreterThread.of(target);
    thread.attach();
    try {
      return target.stacks();
    } catch (LoadException e) {
      return "";
    } finally {
      thread.close();
    }
  }

  /**
   * What a route names, or null. Where another script has taken the place of the one that this
   * revision has, that one goes on until the new revision has loaded.
   */
  private Interpreter.Handler handler(Route route) {
    var named = handlers.get(script(route));
    return named == null && standsIn ? handlers.values().stream().findFirst().orElse(null) : named;
  }

  /**
   * Not while somebody looks at its {@link #stacks}: the load that took too long ends after all.
   */
  private synchronized boolean closeInterpreter() {
    var target = interpreter;
    interpreter = null;
    return target.close();
  }

  private Stream<EmbeddedRequest> running() {
    return workers.stream().map(worker -> worker.running).filter(Objects::nonNull);
  }

  private Failure notThere(Route route) {
    return Failure.of(
        FailureCode.APPLICATION_NOT_LOADED,
        "application group %s could not load %s of %s; what it held before goes on"
            .formatted(group.id(), route.callable(), route.script()));
  }

  private void failOverdue(EmbeddedRequest request) {
    request.fail(
        Failure.retryable(
            FailureCode.QUEUE_TIMEOUT,
            "it waited for %d ms for one of the %d threads of the embedded application group %s"
                .formatted(settings.queue().timeout().toMillis(), settings.threads(), group.id()),
            RETRY_AFTER));
  }

  private static void join(Thread thread) {
    try {
      thread.join(); // Returns at once where the thread was never started.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One thread; the first of them loads the scripts, and is the last to leave. */
  private final class Worker {

    private final int index;
    private final Thread thread;
    private volatile EmbeddedRequest running;

    Worker(int index) {
      this.index = index;
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("embedded-" + group.name() + "-" + index)
              .stackSize(PythonRuntime.STACK_BYTES)
              .unstarted(index == 0 ? this::loadThenServe : this::serveOnly);
    }

    ThreadStatus status() {
      var isLost = isLost(System.nanoTime());
      return new ThreadStatus(index, Optional.ofNullable(running).map(Worker::status), isLost);
    }

    private static RunningRequest status(EmbeddedRequest request) {
      var wsgi = request.request();
      return new RunningRequest(wsgi.id(), wsgi.method(), wsgi.target(), request.began());
    }

    boolean isLost(long nanoTime) {
      var request = running;
      return request != null
          && overtime.filter(watch -> watch.isLost(request, nanoTime)).isPresent();
    }

    private void loadThenServe() {
      try {
        interpreter = group.name().isEmpty() ? Interpreter.main(runtime) : Interpreter.sub(runtime);
      } catch (RuntimeException e) {
        giveUp(new LoadException("KW300", e.getMessage(), ""));
        ended.complete(null);
        return;
      }
      var python = InterpreterThread.of(interpreter);
      python.attach();
      try {
        load();
        python.detach();
        succeeded();
      } catch (LoadException e) {
        python.detach();
        giveUp(e);
      }
      serve(python);
    }

    private void load() throws LoadException {
      files = SourceFiles.write(group, sources);
      interpreter.start(files.locate(group), settings.threads(), settings.requestTimeout());
      for (var script : group.scripts()) {
        handlers.put(script, interpreter.load(files.locate(script)));
      }
    }

    private void succeeded() {
      overtime =
          settings
              .requestTimeout()
              .map(limit -> new Overtime(group.id(), interpreter, limit, () -> running()));
      if (state == State.STARTING) {
        state = State.READY;
        workers.stream().skip(1).forEach(worker -> worker.thread.start());
      }
      loaded.complete(null);
    }

    private void serveOnly() {
      serve(InterpreterThread.of(interpreter));
    }

    private void serve(InterpreterThread python) {
      var member = crew.join();
      while (crew.awaitTurn(member)) {
        Gil.PROCESS.take(python);
        crew.tookGil();
        serveTurn(python);
      }
      leave(python);
    }

    /** Serves one request after the other, with the GIL at the start and without it at the end. */
    private void serveTurn(InterpreterThread python) {
      var turnEnds = System.nanoTime() + Gil.TURN_NANOS;
      for (var request = crew.poll(); request != null; request = crew.poll()) {
        serve(python, request);
        if (System.nanoTime() - turnEnds > 0 && Gil.PROCESS.isWanted()) {
          if (!crew.hasContender()) {
            Gil.PROCESS.handOver(python);
            return;
          }
          break;
        }
      }
      python.detach();
    }

    /** Never throws: this thread has the GIL. */
    private void serve(InterpreterThread python, EmbeddedRequest request) {
      try {
        serve(python, request, System.nanoTime());
      } catch (RuntimeException | Error e) {
        LOG.errorf(e, "KW500 request %s: embedded mode itself failed", request.request().id());
        request.fail(Failure.of(FailureCode.APPLICATION_FAILED, e.toString()));
      } finally {
        running = null;
      }
    }

    private void serve(InterpreterThread python, EmbeddedRequest request, long now) {
      var wsgi = request.request();
      var handler = handler(wsgi.route());
      if (request.isOverdue(now)) {
        failOverdue(request);
      } else if (request.isLeft()) {
        request.discardBody();
      } else if (handler == null) {
        request.fail(notThere(wsgi.route()));
      } else {
        request.begins(now);
        running = request;
        request.finish(
            python.run(handler, wsgi, index, request.queued(), request.waited(now), request));
      }
    }

    private void leave(InterpreterThread python) {
      if (index == 0) {
        awaitOthers();
        overtime.ifPresent(Overtime::end);
        end(python);
      } else {
        python.attach();
        python.close();
      }
    }

    private void awaitOthers() {
      workers.stream().skip(1).map(worker -> worker.thread).forEach(EmbeddedInterpreter::join);
    }

    private void end(InterpreterThread python) {
      python.attach();
      try {
        interpreter.finish();
      } catch (LoadException e) {
        LOG.warnf("application group %s did not end cleanly: %s", group.id(), e.getMessage());
      }
      python.close();
      if (!closeInterpreter()) {
        LOG.warnf(
            "KW314 application group %s left threads behind that do not end; its interpreter stays"
                + " in memory until the gateway restarts. End such threads in an atexit function,"
                + " or move the alias to a daemon group (spec.processGroup)",
            group.id());
      }
      files.delete();
      ended.complete(null);
    }
  }
}
