package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.DispatchQueue;
import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.gateway.dispatch.QueueStatistics;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus;
import dev.kubewsgi.gateway.status.DaemonGroupStatus;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.DaemonGroupSettings;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A daemon group: its supervisors, on this machine or in pods, the slots of their workers, and the
 * one queue in front of them.
 *
 * <p>Thread-safe. What is done to supervisors is done on one event loop, the group's home; requests
 * take their way without it.
 */
public final class DaemonGroup {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long LONGEST_SWEEP_MILLIS = 1_000;
  private static final long SHORTEST_SWEEP_MILLIS = 20;
  private static final long DRAIN_POLL_MILLIS = 20;
  private static final long LOOK_AGAIN_MILLIS = 200;

  /** Requests that an old route table sent here may still come after a new one is applied. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Room for the group's name in a socket's path, whose length is bounded. */
  private static final int NAME_LENGTH = 20;

  private final String id;
  private final List<EventLoop> loops;
  private final EventLoop home;
  private final DispatchQueue<WorkerConnection> queue;
  private final Map<String, Unit> units = new ConcurrentHashMap<>();
  private final Supervisors supervisors = new Supervisors();
  private final WorkerEnds ends = new WorkerEnds();
  private final Place place;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile DaemonGroupSettings settings;
  private volatile AnswerWatch.Limits answerLimits;
  private volatile Pods pods = Pods.UNKNOWN;
  private volatile boolean stopping;

  /** By the last {@link #apply}; null before the first. */
  private List<ApplicationGroup> applied;

  /** Confined to the home loop. */
  private boolean looksAgain;

  /** An application group, while it is desired or requests for it may come. */
  private static final class Unit {
    final Lane<WorkerConnection> lane;
    final DaemonApplication application;
    volatile ApplicationGroup desired;
    volatile boolean leaving;
    volatile long leavingSince;

    Unit(Lane<WorkerConnection> lane, DaemonGroup group) {
      this.lane = lane;
      this.application =
          new DaemonApplication(
              lane,
              new AtomicInteger(),
              new AtomicBoolean(),
              () -> group.answerLimits,
              () -> group.settings.answer().buffer(),
              new AtomicReference<>());
    }

    void leave(boolean leaves) {
      if (leaves && !leaving) {
        leavingSince = System.nanoTime();
      }
      leaving = leaves;
    }

    boolean isOver() {
      return leaving && System.nanoTime() - leavingSince > LINGER_NANOS && !application.isAwaited();
    }
  }

  private DaemonGroup(
      DaemonGroupSettings settings, List<EventLoop> loops, Function<DaemonGroup, Place> place) {
    this.id = settings.id();
    this.settings = settings;
    this.answerLimits = AnswerWatch.Limits.of(settings.answer());
    this.loops = loops;
    this.home = loops.get(Math.floorMod(id.hashCode(), loops.size()));
    this.queue =
        new DispatchQueue<>(
            id,
            settings.queue().maxLength(),
            longestWait(settings),
            System::nanoTime,
            this::watchDeadlines);
    this.place = place.apply(this);
  }

  /** A group whose supervisors are child processes; it has none until {@link #apply}. */
  public static DaemonGroup onThisMachine(DaemonGroupSettings settings, DaemonRuntime runtime) {
    return new DaemonGroup(
        settings,
        runtime.loops(),
        group ->
            new ThisMachine(() -> group.settings.replicas(), () -> group.localSupervisor(runtime)));
  }

  /**
   * A group whose supervisors others run: there are those of {@link #pods}.
   *
   * @param loops the event loops that exchanges live on; slots are spread over them
   */
  public static DaemonGroup inPods(DaemonGroupSettings settings, List<EventLoop> loops) {
    return new DaemonGroup(
        settings, loops, group -> new InPods(group.id, () -> group.pods, group::remoteSupervisor));
  }

  /** Another knowledge of its pods, for a group that is {@link #inPods}. */
  public void pods(Pods known) {
    pods = known;
    home.execute(this::reconcile);
  }

  /**
   * Makes the group what the route table says. Returns at once; new code is started beside the old
   * and takes over when it has been imported.
   *
   * @param applicationGroups all that run in this group
   */
  public synchronized void apply(
      DaemonGroupSettings newSettings, List<ApplicationGroup> applicationGroups) {
    if (newSettings.equals(settings) && applicationGroups.equals(applied)) {
      return;
    }
    settings = newSettings;
    applied = List.copyOf(applicationGroups);
    answerLimits = AnswerWatch.Limits.of(newSettings.answer());
    queue.limits(newSettings.queue().maxLength(), longestWait(newSettings));
    for (ApplicationGroup group : applicationGroups) {
      Unit unit = units.computeIfAbsent(group.id(), key -> new Unit(queue.lane(), this));
      ApplicationGroup before = unit.desired == null ? group : unit.desired;
      unit.desired = group;
      unit.application.single().set(isSingle(before) && isSingle(group));
    }
    var ids = applicationGroups.stream().map(ApplicationGroup::id).collect(Collectors.toSet());
    units.forEach((key, unit) -> unit.leave(!ids.contains(key)));
    home.execute(this::reconcile);
  }

  /** In the queue; with a deadline that is over there is nothing more to wait for. */
  private static Duration longestWait(DaemonGroupSettings settings) {
    Duration timeout = settings.queue().timeout();
    return settings.answer().deadline().filter(d -> d.compareTo(timeout) < 0).orElse(timeout);
  }

  private static boolean isSingle(ApplicationGroup group) {
    return group.scripts().size() == 1;
  }

  /**
   * The application group with this id: the same object as long as it is in the group.
   *
   * @throws IllegalArgumentException when it is in none of what was applied
   */
  public Application application(String applicationGroup) {
    Unit unit = units.get(applicationGroup);
    if (unit == null) {
      throw new IllegalArgumentException(
          "group " + id + " has no application group " + applicationGroup);
    }
    return unit.application;
  }

  /** How the group is doing now. */
  public DaemonGroupStatus status() {
    DaemonGroupSettings now = settings;
    QueueStatistics statistics = queue.statistics();
    return new DaemonGroupStatus(
        id,
        now.displayName(),
        now.processes(),
        now.threads(),
        supervisors.present().stream().flatMap(supervisor -> supervisor.pid().stream()).toList(),
        statistics.waiting(),
        TimeUnit.NANOSECONDS.toMillis(statistics.oldestWaitNanos()),
        statistics.busy(),
        statistics.slots(),
        statistics.putBack(),
        ends.byCause());
  }

  /** The queue's counters, for metrics. */
  public QueueStatistics statistics() {
    return queue.statistics();
  }

  /** How its application groups are doing now, by id. */
  public List<ApplicationGroupStatus> applicationGroups() {
    List<Replica> replicas = supervisors.replicas();
    return units.values().stream()
        .filter(unit -> !unit.leaving)
        .sorted((a, b) -> a.desired.id().compareTo(b.desired.id()))
        .map(unit -> StatusReport.of(id, unit.desired, unit.lane, replicas))
        .toList();
  }

  /**
   * Ends the group: requests in flight are given the graceful timeout, then the processes end.
   *
   * @return done when no process of the group is left
   */
  public CompletionStage<Void> stop() {
    home.execute(
        () -> {
          if (!stopping) {
            stopping = true;
            drain(System.nanoTime() + settings.gracefulTimeout().toNanos());
          }
        });
    return stopped;
  }

  // On the home loop from here on.

  private void reconcile() {
    if (stopping) {
      return;
    }
    forgetLeft();
    place.staff(supervisors, patience());
    supervisors.present().forEach(Supervisor::update);
    changed();
  }

  /** Of those not desired any more, the ones that nobody waits for; looks again for the others. */
  private void forgetLeft() {
    synchronized (this) {
      List<Unit> over = units.values().stream().filter(Unit::isOver).toList();
      units.values().removeAll(over);
      over.forEach(unit -> unit.lane.close(removed()));
    }
    if (!looksAgain && units.values().stream().anyMatch(unit -> unit.leaving)) {
      looksAgain = true;
      home.schedule(this::lookAgain, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void lookAgain() {
    looksAgain = false;
    reconcile();
  }

  private LocalSupervisor localSupervisor(DaemonRuntime runtime) {
    String name = settings.name().replaceAll("[^A-Za-z0-9-]", "");
    String shortName = name.substring(0, Math.min(NAME_LENGTH, name.length()));
    return new LocalSupervisor(
        id,
        shortName + "-" + NUMBER.incrementAndGet(),
        runtime,
        home,
        () -> PythonChoice.of(desired(), runtime.python()),
        (address, secret) -> SupervisorConfig.of(settings, desired(), address, secret),
        this::lane,
        ends,
        this::changed);
  }

  private RemoteSupervisor remoteSupervisor(SupervisorAddress address) {
    return new RemoteSupervisor(
        id,
        address,
        loops,
        home,
        () -> pods,
        () -> settings.threads(),
        this::lane,
        ends,
        this::changed);
  }

  private Lane<WorkerConnection> lane(String applicationGroup) {
    Unit unit = units.get(applicationGroup);
    return unit == null ? null : unit.lane;
  }

  private List<ApplicationGroup> desired() {
    return units.values().stream()
        .map(unit -> unit.desired)
        .sorted((a, b) -> a.id().compareTo(b.id()))
        .toList();
  }

  /** Lets requests wait where that can help, and refuses them at once where it cannot. */
  private void changed() {
    List<Replica> replicas = supervisors.replicas();
    queue.shortage(place.shortage(supervisors));
    units.values().forEach(unit -> judge(unit, replicas));
  }

  private void judge(Unit unit, List<Replica> replicas) {
    String key = unit.desired.id();
    Optional<Failure> failure =
        replicas.stream()
            .flatMap(replica -> replica.fault(key, unit.desired.revision()).stream())
            .findFirst()
            .map(
                fault ->
                    Failure.of(
                        FailureCode.APPLICATION_NOT_LOADED, fault.code() + ": " + fault.message()))
            .or(this::unavailable);
    unit.application.fault().set(failure.orElse(null));
    if (stopping || replicas.stream().anyMatch(replica -> replica.serves(key))) {
      unit.lane.unblock();
      return;
    }
    failure.ifPresentOrElse(unit.lane::block, unit.lane::unblock);
  }

  /** Where no supervisor can be started: the reason. */
  private Optional<Failure> unavailable() {
    List<Supervisor> present = supervisors.present();
    if (present.isEmpty() || present.stream().anyMatch(s -> s.broken().isEmpty())) {
      return Optional.empty();
    }
    return present.getFirst().broken().map(DaemonGroup::retryable);
  }

  private void drain(long until) {
    QueueStatistics statistics = queue.statistics();
    boolean idle =
        statistics.busy() == 0
            && units.values().stream().noneMatch(unit -> unit.application.isAwaited());
    if (!idle && System.nanoTime() < until) {
      home.schedule(() -> drain(until), DRAIN_POLL_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    units.values().forEach(unit -> unit.lane.close(shuttingDown()));
    supervisors.stop(patience()).thenRun(() -> stopped.complete(null));
  }

  private Duration patience() {
    return settings.gracefulTimeout().plus(settings.shutdownTimeout());
  }

  private void watchDeadlines() {
    home.execute(this::sweep);
  }

  private void sweep() {
    long next = queue.expire();
    if (next != Long.MAX_VALUE) {
      long millis = TimeUnit.NANOSECONDS.toMillis(next);
      home.schedule(
          this::sweep,
          Math.clamp(millis, SHORTEST_SWEEP_MILLIS, LONGEST_SWEEP_MILLIS),
          TimeUnit.MILLISECONDS);
    }
  }

  private static Failure retryable(String why) {
    return Failure.retryable(FailureCode.GROUP_UNAVAILABLE, why, Duration.ofSeconds(1));
  }

  private Failure removed() {
    return retryable("the application was taken out of group " + id);
  }

  private Failure shuttingDown() {
    return Failure.retryable(
        FailureCode.SHUTTING_DOWN, "group " + id + " is ending", Duration.ofSeconds(1));
  }
}
