package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Lane;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps one supervisor running on this machine: starts it, starts it again when it dies, with
 * pauses that grow while it dies early, and ends it. Confined to the group's home loop.
 */
final class LocalSupervisor implements Supervisor, Replica.Listener {

  private static final Logger LOG = Logger.getLogger(LocalSupervisor.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;

  /** A supervisor listens within some ten milliseconds of its start. */
  private static final long CONNECT_RETRY_MILLIS = 10;

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long LONG_LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Between asking it to end and ending it, beyond the time that it may take itself. */
  private static final long END_MARGIN_MILLIS = 2_000;

  private enum Phase {
    /** The process is being started. */
    LAUNCHING,
    RUNNING,
    /** There is none, for now. */
    PAUSING
  }

  private final String group;
  private final SupervisorAddress.Unix address;
  private final Path config;
  private final DaemonRuntime runtime;
  private final EventLoop home;
  private final Supplier<Path> python;
  private final BiFunction<SupervisorAddress, String, SupervisorConfig> desired;
  private final Function<String, Lane<WorkerConnection>> lanes;
  private final WorkerEnds ends;
  private final Runnable changed;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile Replica replica;
  private volatile SupervisorProcess process;
  private int threads;
  private String secret;
  private String applied;
  private int earlyDeaths;
  private long started;
  private boolean stopping;
  private Duration patience;
  private Phase phase = Phase.PAUSING;
  private String broken;

  /**
   * @param name short and unique among the sockets of the runtime directory
   * @param python which one runs it, asked at each start
   * @param desired the configuration for an address and a secret, asked at each start
   * @param changed run at each change of state
   */
  LocalSupervisor(
      String group,
      String name,
      DaemonRuntime runtime,
      EventLoop home,
      Supplier<Path> python,
      BiFunction<SupervisorAddress, String, SupervisorConfig> desired,
      Function<String, Lane<WorkerConnection>> lanes,
      WorkerEnds ends,
      Runnable changed) {
    this.group = group;
    this.address = new SupervisorAddress.Unix(runtime.directory().resolve(name + ".sock"));
    this.config = runtime.directory().resolve(name + ".json");
    this.runtime = runtime;
    this.home = home;
    this.python = python;
    this.desired = desired;
    this.lanes = lanes;
    this.ends = ends;
    this.changed = changed;
  }

  @Override
  public Optional<Long> pid() {
    SupervisorProcess now = process;
    return now == null || !now.isAlive() ? Optional.empty() : Optional.of(now.pid());
  }

  @Override
  public Replica replica() {
    return replica;
  }

  @Override
  public Optional<String> broken() {
    return Optional.ofNullable(broken);
  }

  @Override
  public void start() {
    phase = Phase.LAUNCHING;
    secret = secret();
    SupervisorConfig wanted = desired.apply(address, secret);
    applied = wanted.json();
    threads = wanted.threads();
    Path executable = python.get();
    started = System.nanoTime();
    Thread.ofVirtual().name("start-" + group).start(() -> launch(executable, applied));
  }

  /** Forks, which may block. */
  private void launch(Path executable, String json) {
    try {
      SupervisorProcess launched =
          SupervisorProcess.start(executable, runtime.worker(), config, json);
      home.execute(() -> launched(launched));
    } catch (IOException e) {
      String why =
          "no supervisor of group %s can be started with %s: %s"
              .formatted(group, executable, e.getMessage());
      home.execute(() -> failed(why + "; install Python 3.9 or later, or name another one"));
    }
  }

  private void launched(SupervisorProcess launched) {
    phase = Phase.RUNNING;
    process = launched;
    String own = secret;
    replica = new Replica(group, address, () -> own, runtime.loops(), home, lanes, ends, this);
    replica.threads(threads);
    launched.ended().thenAccept(manner -> home.execute(() -> ended(launched, manner)));
    if (stopping) {
      end();
    } else {
      replica.connect();
    }
  }

  @Override
  public void update() {
    SupervisorConfig wanted = desired.apply(address, secret);
    String json = wanted.json();
    if (!json.equals(applied) && replica != null && replica.isConnected()) {
      applied = json;
      threads = wanted.threads();
      replica.threads(threads);
      replica.configure(json);
    }
  }

  @Override
  public void changed() {
    if (replica.isConnected()) {
      broken = null;
      process.removeConfig();
      update();
    }
    changed.run();
  }

  @Override
  public void unreachable() {
    Replica current = replica;
    if (process.isAlive() && !stopping) {
      home.schedule(
          () -> {
            if (replica == current && process.isAlive()) {
              current.connect();
            }
          },
          CONNECT_RETRY_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  /** Its end, or its next events, tell what became of it. */
  @Override
  public void unheard() {}

  /** It was started with the secret, so this is no supervisor of ours. */
  @Override
  public void denied(String refused) {
    LOG.errorf("the supervisor of group %s at %s does not know its secret", group, address);
  }

  private void ended(SupervisorProcess gone, String manner) {
    phase = Phase.PAUSING;
    boolean served = broken == null && replica.wasConnected();
    gone.removeConfig();
    replica.ended(manner);
    replica.retire();
    if (stopping) {
      stopped.complete(null);
      return;
    }
    String what = "the supervisor (pid %d) of group %s %s".formatted(gone.pid(), group, manner);
    if (served) {
      LOG.errorf("%s; it is started again", what);
      again();
    } else {
      failed(what + "; what it wrote to the standard error says why");
    }
  }

  private void failed(String why) {
    phase = Phase.PAUSING;
    broken = why;
    LOG.error(why);
    if (stopping) {
      stopped.complete(null);
    } else {
      again();
    }
  }

  private void again() {
    changed.run();
    earlyDeaths = System.nanoTime() - started > LONG_LIFE_NANOS ? 0 : earlyDeaths + 1;
    long pause =
        earlyDeaths <= 1
            ? 0
            : Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(earlyDeaths, 10));
    home.schedule(
        () -> {
          if (!stopping) {
            start();
          }
        },
        pause,
        TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<Void> stop(Duration newPatience) {
    if (!stopping) {
      stopping = true;
      patience = newPatience;
      switch (phase) {
        case RUNNING -> end();
        case PAUSING -> stopped.complete(null);
        case LAUNCHING -> {} // and ended as soon as it is launched
      }
    }
    return stopped;
  }

  private void end() {
    replica.retire();
    process.drain();
    home.schedule(process::kill, patience.toMillis() + END_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
