package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import dev.kubewsgi.routes.ProcessGroup;
import dev.kubewsgi.routes.PythonSettings;
import dev.kubewsgi.routes.QueueSettings;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.WorkerSettings;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A daemon group with real workers, ended and looked after when it is closed. */
public final class TestGroup implements AutoCloseable {

  static final Path WORKER = Path.of("src/main/python").toAbsolutePath();
  static final Path PYTHON =
      Path.of(System.getProperty("kubewsgi.test.python", "/usr/bin/python3"));

  final EventLoopGroup loops;
  private final boolean ownLoops;
  final Path scripts;
  final Path runtimeDirectory;
  final DaemonGroup group;
  DaemonGroupSettings settings;
  private int revision;

  TestGroup(int processes, int threads) throws IOException {
    this(processes, threads, 100, Duration.ofSeconds(20));
  }

  TestGroup(int processes, int threads, int queue, Duration queueTimeout) throws IOException {
    this(processes, threads, queue, queueTimeout, PYTHON);
  }

  TestGroup(int processes, int threads, int queue, Duration queueTimeout, Path python)
      throws IOException {
    this(processes, threads, queue, queueTimeout, python, new NioEventLoopGroup(2), true);
  }

  /** On event loops that others use too, and end. */
  public TestGroup(int processes, int threads, EventLoopGroup loops) throws IOException {
    this(processes, threads, 100, Duration.ofSeconds(20), PYTHON, loops, false);
  }

  private TestGroup(
      int processes,
      int threads,
      int queue,
      Duration queueTimeout,
      Path python,
      EventLoopGroup loops,
      boolean ownLoops)
      throws IOException {
    this.loops = loops;
    this.ownLoops = ownLoops;
    scripts = Files.createTempDirectory("kw-scripts");
    runtimeDirectory = DaemonRuntime.privateDirectory(Path.of("/tmp"));
    settings =
        new DaemonGroupSettings(
            "default/site1",
            "site1",
            "(wsgi:site1)",
            1,
            processes,
            true,
            threads,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            new QueueSettings(queue, queueTimeout),
            AnswerSettings.DEFAULTS,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            WorkerSettings.DEFAULTS);
    group =
        DaemonGroup.onThisMachine(
            settings, new DaemonRuntime(loopList(), runtimeDirectory, WORKER, python));
  }

  /** From the next {@link #apply} on. */
  void replicas(int replicas) {
    settings = changed(replicas, settings.answer());
  }

  /** From the next {@link #apply} on. */
  void answer(AnswerSettings answer) {
    settings = changed(settings.replicas(), answer);
  }

  private DaemonGroupSettings changed(int replicas, AnswerSettings answer) {
    return new DaemonGroupSettings(
        settings.id(),
        settings.name(),
        settings.displayName(),
        replicas,
        settings.processes(),
        settings.multiprocess(),
        settings.threads(),
        settings.user(),
        settings.group(),
        settings.workingDir(),
        settings.env(),
        settings.queue(),
        answer,
        settings.startupTimeout(),
        settings.gracefulTimeout(),
        settings.shutdownTimeout(),
        settings.worker());
  }

  List<EventLoop> loopList() {
    List<EventLoop> list = new ArrayList<>();
    loops.forEach(loop -> list.add((EventLoop) loop));
    return list;
  }

  EventLoop loop(int index) {
    return loopList().get(index % 2);
  }

  /** Writes a script and names its application group; a new revision each time. */
  public ApplicationGroup script(String id, String code) throws IOException {
    Path script = scripts.resolve(id + ".py");
    Files.writeString(script, code);
    return new ApplicationGroup(
        id,
        new ProcessGroup.Daemon("default/site1"),
        "localhost|/" + id,
        "r" + revision++,
        List.of(new ApplicationGroup.Script(script.toString(), "application")),
        new PythonSettings(Optional.empty(), List.of()),
        Map.of(),
        Map.of(),
        List.of());
  }

  public Route route(ApplicationGroup applicationGroup) {
    ApplicationGroup.Script script = applicationGroup.scripts().getFirst();
    return new Route(
        "*", "", "default/a", script.script(), script.callable(), applicationGroup.id());
  }

  public void apply(ApplicationGroup... applicationGroups) {
    group.apply(settings, List.of(applicationGroups));
  }

  public Application application(ApplicationGroup applicationGroup) {
    return group.application(applicationGroup.id());
  }

  RecordedExchange get(ApplicationGroup applicationGroup, String path) throws Exception {
    return sendGet(0, applicationGroup, path).await();
  }

  RecordedExchange sendGet(int loop, ApplicationGroup applicationGroup, String path) {
    return RecordedExchange.get(loop(loop), route(applicationGroup), path)
        .send(group.application(applicationGroup.id()));
  }

  ApplicationGroupStatus status(String id) {
    return group.applicationGroups().stream()
        .filter(status -> status.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  List<Long> pids(String id) {
    return status(id).workers().stream()
        .filter(worker -> worker.state() == State.READY)
        .map(ApplicationGroupStatus.WorkerStatus::pid)
        .toList();
  }

  /** Waits until something that is on its way has come about. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never happened: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  void untilSlots(int count) throws InterruptedException {
    until(count + " slots", () -> group.status().slots() == count);
  }

  @Override
  public void close() throws Exception {
    List<Long> pids = new ArrayList<>(group.status().supervisors());
    group.applicationGroups().forEach(a -> a.workers().forEach(w -> pids.add(w.pid())));
    group.stop().toCompletableFuture().get(40, TimeUnit.SECONDS);
    until(
        "the end of all processes",
        () -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    if (ownLoops) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
    try (var left = Files.list(runtimeDirectory)) {
      if (left.findAny().isPresent()) {
        throw new AssertionError("something is left in " + runtimeDirectory);
      }
    }
    Files.delete(runtimeDirectory);
    try (var files = Files.walk(scripts)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
