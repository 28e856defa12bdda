package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.daemon.SupervisorState.Unit;
import dev.kubewsgi.gateway.dispatch.Lane;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.status.ApplicationGroupStatus.State;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The gateway's view of one supervisor, wherever it runs: follows its events and keeps as many
 * connections to its ready workers as they have threads. Confined to the group's home loop, but for
 * what the status reads.
 */
final class Replica {

  /** Told on the home loop. */
  interface Listener {

    /** The state of the supervisor or of its slots is another one. */
    void changed();

    /** The supervisor hung up, after it had answered or not. */
    void unreachable();

    /** A configuration may not have arrived. */
    void unheard();

    /** The supervisor does not accept this secret. */
    void denied(String secret);
  }

  private static final Logger LOG = Logger.getLogger(Replica.class);

  // A supervisor accepts one connection after the other, in some ten microseconds each.
  private static final int OPENING_AT_ONCE = 16;
  private static final int UNAUTHORIZED = 401;
  private static final long RETRY_MILLIS = 20;
  private static final long OBITUARY_MILLIS = 1_000;
  private static final long OBITUARY_MILLIS_IN_ANSWER = 100;

  private final String group;
  private final SupervisorAddress address;
  private final Supplier<String> secret;
  private final List<EventLoop> loops;
  private final EventLoop home;
  private final Function<String, Lane<WorkerConnection>> lanes;
  private final WorkerEnds ends;
  private final Listener listener;
  private final Obituaries obituaries;
  private final Map<Long, WorkerSlots> workers = new ConcurrentHashMap<>();
  private final Map<String, Integer> opening = new HashMap<>();
  private volatile SupervisorState state = SupervisorState.unknown();

  /** Of the state, by application group. */
  private volatile Map<String, List<Unit>> units = Map.of();

  private volatile boolean connected;
  private Channel events;
  private int threads;
  private int nextLoop;
  private boolean wasConnected;
  private boolean topUpLater;
  private boolean closed;

  /**
   * @param secret asked for each connection
   * @param loops slots are spread over them
   * @param lanes the lane of an application group's id, or null
   */
  Replica(
      String group,
      SupervisorAddress address,
      Supplier<String> secret,
      List<EventLoop> loops,
      EventLoop home,
      Function<String, Lane<WorkerConnection>> lanes,
      WorkerEnds ends,
      Listener listener) {
    this.group = group;
    this.address = address;
    this.secret = secret;
    this.loops = loops;
    this.home = home;
    this.lanes = lanes;
    this.ends = ends;
    this.listener = listener;
    this.obituaries = new Obituaries(home);
  }

  SupervisorState state() {
    return state;
  }

  /** What the supervisor says of an application group: an entry for each revision. */
  List<Unit> units(String id) {
    return units.getOrDefault(id, List.of());
  }

  /** The slots of a worker, or null. */
  WorkerSlots worker(long pid) {
    return workers.get(pid);
  }

  boolean isConnected() {
    return connected;
  }

  /** Whether it has ever answered. */
  boolean wasConnected() {
    return wasConnected;
  }

  /** Threads of each worker that does not say how many it has. */
  void threads(int count) {
    threads = count;
  }

  /** Follows the events, once: {@link Listener#unreachable} is called at their end. */
  void connect() {
    String shown = secret.get();
    ChannelFuture connecting =
        Transport.connect(address, home, ControlRequest.events(shown, new Events(shown)));
    events = connecting.channel();
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            listener.unreachable();
          }
        });
  }

  /**
   * Other application groups may have lanes: slots are had of those, and given up of all others.
   */
  void followLanes() {
    followWorkers();
    topUp();
  }

  /** Gives the supervisor another desired state; it answers by its events. */
  void configure(String config) {
    String shown = secret.get();
    Configured answer = new Configured(shown);
    Transport.connect(address, home, ControlRequest.configure(shown, config, answer))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                listener.unheard();
              }
            });
  }

  /** Takes all its slots out of dispatch: idle ones at once, busy ones after their answer. */
  void retire() {
    closed = true;
    workers.values().forEach(WorkerSlots::retire);
  }

  /** Whether no request can be on any of its slots: they are retired, and the last has closed. */
  boolean isDrained() {
    return closed && workers.values().stream().allMatch(slots -> slots.open() == 0);
  }

  /** Breaks every connection, once it is retired. */
  void disconnect() {
    if (events != null) {
      events.close();
    }
    workers.values().forEach(WorkerSlots::close);
  }

  /** The supervisor's process has ended, and its workers with it. */
  void ended(String manner) {
    obituaries.publishAll("ended with its supervisor, which " + manner);
  }

  /** Why nothing of this application group's revision can be loaded here. */
  Optional<SupervisorState.Fault> fault(String id, String revision) {
    return units(id).stream()
        .filter(unit -> unit.revision().equals(revision))
        .flatMap(unit -> Optional.ofNullable(unit.failure()).stream())
        .findFirst();
  }

  /** Whether any worker can run this application group's requests now or in a moment. */
  boolean serves(String id) {
    return units(id).stream()
        .flatMap(unit -> unit.workers().stream())
        .anyMatch(worker -> worker.status() == State.READY);
  }

  private void know(SupervisorState next) {
    state = next;
    units = next.applicationGroups().stream().collect(Collectors.groupingBy(Unit::id));
  }

  private void follow(SupervisorState next) {
    count(next);
    know(next);
    next.exits().forEach(exit -> obituaries.publish(exit.pid(), exit.manner()));
    followWorkers();
    workers.values().removeIf(this::isOver);
    topUp();
    listener.changed();
  }

  /** What had ended before this gateway came is nothing that it has seen. */
  private void count(SupervisorState next) {
    if (state.isKnown()) {
      var before = Set.copyOf(state.exits());
      next.exits().stream()
          .filter(exit -> !before.contains(exit))
          .forEach(exit -> ends.count(exit.cause()));
    }
  }

  private void followWorkers() {
    for (Unit unit : state.applicationGroups()) {
      unit.workers().forEach(worker -> follow(unit, worker));
    }
  }

  private void follow(Unit unit, SupervisorState.Worker worker) {
    if (worker.status() == State.STARTING) {
      return;
    }
    if (worker.status() == State.READY && isRetired(worker.pid()) && !closed) {
      // Given up while nothing was heard of it. What it still runs for us is finished by itself.
      workers.remove(worker.pid());
    }
    WorkerSlots slots =
        slots(unit.id(), worker.pid(), worker.threads() == 0 ? threads : worker.threads());
    if (slots != null) {
      slots.markSeen();
      if (worker.status() == State.DRAINING || lanes.apply(unit.id()) == null) {
        slots.retire();
      }
    }
  }

  private boolean isRetired(long pid) {
    WorkerSlots slots = workers.get(pid);
    return slots != null && slots.isRetired();
  }

  private boolean isOver(WorkerSlots slots) {
    boolean listed =
        state.applicationGroups().stream()
            .flatMap(unit -> unit.workers().stream())
            .anyMatch(worker -> workers.get(worker.pid()) == slots);
    if (listed || !slots.wasSeen()) {
      return false;
    }
    slots.retire();
    return slots.open() == 0;
  }

  /** Of a worker that has come to be known by an event or by a connection, whichever is first. */
  private WorkerSlots slots(String id, long pid, int count) {
    Lane<WorkerConnection> lane = lanes.apply(id);
    if (lane == null || closed) {
      return workers.get(pid);
    }
    return workers.computeIfAbsent(pid, p -> new WorkerSlots(lane.worker(), count));
  }

  private void topUp() {
    if (closed) {
      return;
    }
    for (Unit unit : state.applicationGroups()) {
      int missing = missing(unit) - opening(unit);
      for (int i = 0; i < missing && openingAll() < OPENING_AT_ONCE; i++) {
        open(unit);
      }
    }
  }

  private int missing(Unit unit) {
    int missing = 0;
    for (SupervisorState.Worker worker : unit.workers()) {
      WorkerSlots slots = workers.get(worker.pid());
      if (worker.status() == State.READY && slots != null && !slots.isRetired()) {
        missing += slots.threads() - slots.open();
      }
    }
    return missing;
  }

  private int opening(Unit unit) {
    return opening.getOrDefault(unit.id() + '\n' + unit.revision(), 0);
  }

  private int openingAll() {
    return opening.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void open(Unit unit) {
    String key = unit.id() + '\n' + unit.revision();
    opening.merge(key, 1, Integer::sum);
    String shown = secret.get();
    WorkerConnection connection =
        new WorkerConnection(
            new Owner(unit.id(), key, shown),
            ControlRequest.slot(shown, unit.id(), unit.revision()));
    Transport.connect(address, loop(), connection)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                home.execute(() -> notOpened(key, String.valueOf(done.cause())));
              }
            });
  }

  /**
   * The loops in turn, each round shifted by one: a supervisor deals connections to workers in
   * turn, too, and every worker shall have some on each loop.
   */
  private EventLoop loop() {
    int count = loops.size();
    int turn = nextLoop++;
    return loops.get(Math.floorMod(turn + turn / count, count));
  }

  private void counted(String key) {
    opening.merge(key, -1, (a, b) -> a + b == 0 ? null : a + b);
  }

  private void opened(String id, String key, WorkerConnection connection) {
    counted(key);
    WorkerSlots slots = slots(id, connection.pid(), threads);
    if (closed || slots == null || !slots.add(connection)) {
      connection.close();
      later();
    } else {
      topUp();
    }
  }

  private void notOpened(String key, String reason) {
    counted(key);
    LOG.debugf("no slot of group %s: %s", group, reason);
    later();
  }

  /** Not at once: what stood against it, mostly an event on its way, shall have come by then. */
  private void later() {
    if (!topUpLater && !closed) {
      topUpLater = true;
      home.schedule(
          () -> {
            topUpLater = false;
            topUp();
          },
          RETRY_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  private void closed(WorkerConnection connection) {
    WorkerSlots slots = workers.get(connection.pid());
    if (slots != null) {
      slots.remove(connection);
      if (isOver(slots)) {
        workers.remove(connection.pid());
      }
    }
    if (slots != null && !slots.isRetired()) {
      topUp();
    }
    listener.changed();
  }

  private void lost(long pid, DaemonRequest request, boolean answering) {
    long millis = answering ? OBITUARY_MILLIS_IN_ANSWER : OBITUARY_MILLIS;
    obituaries.ask(pid, millis, manner -> request.lost(failure(pid, request, answering, manner)));
  }

  private Failure failure(
      long pid, DaemonRequest request, boolean answering, Optional<String> manner) {
    String worker = "worker " + pid + " of group " + group;
    String task = request.request().method() + " " + request.request().target();
    if (manner.isPresent()) {
      return Failure.of(
          FailureCode.WORKER_DIED, worker + " " + manner.get() + " while it ran " + task);
    }
    return answering
        ? Failure.of(FailureCode.RESPONSE_INCOMPLETE, worker + " broke off its answer to " + task)
        : Failure.of(
            FailureCode.WORKER_ANSWER_INVALID, worker + " hung up without an answer to " + task);
  }

  private void unreachable() {
    connected = false;
    know(SupervisorState.unknown());
    workers.values().removeIf(this::isOver);
    listener.changed();
    listener.unreachable();
  }

  /** Brings what happens to connections of an application group to the home loop. */
  private final class Owner implements WorkerConnection.Owner {
    private final String id;
    private final String key;
    private final String shown;

    Owner(String id, String key, String shown) {
      this.id = id;
      this.key = key;
      this.shown = shown;
    }

    @Override
    public void opened(WorkerConnection connection) {
      home.execute(() -> Replica.this.opened(id, key, connection));
    }

    @Override
    public void refused(WorkerConnection connection, int status, String reason) {
      home.execute(
          () -> {
            if (status == UNAUTHORIZED) {
              listener.denied(shown);
            }
            notOpened(key, reason);
          });
    }

    @Override
    public void closed(WorkerConnection connection) {
      home.execute(() -> Replica.this.closed(connection));
    }

    @Override
    public void lost(WorkerConnection connection, DaemonRequest request) {
      boolean answering = request.isAnswering();
      request.forget();
      home.execute(() -> Replica.this.lost(connection.pid(), request, answering));
    }
  }

  private final class Events implements ControlRequest.Listener {
    private final String shown;

    Events(String shown) {
      this.shown = shown;
    }

    @Override
    public void line(int status, String line) {
      if (status == UNAUTHORIZED) {
        listener.denied(shown);
        return;
      }
      try {
        if (status != 200) {
          throw new InvalidAnswer("HTTP status " + status + ": " + line);
        }
        if (!line.isEmpty()) {
          connected = true;
          wasConnected = true;
          follow(SupervisorState.parse(line));
        }
      } catch (InvalidAnswer e) {
        LOG.errorf("the supervisor of group %s is not understood: %s", group, e.getMessage());
      }
    }

    @Override
    public void closed() {
      unreachable();
    }
  }

  private final class Configured implements ControlRequest.Listener {
    private final String shown;
    private boolean answered;

    Configured(String shown) {
      this.shown = shown;
    }

    @Override
    public void line(int status, String line) {
      if (status == UNAUTHORIZED) {
        listener.denied(shown);
        return;
      }
      answered = true;
      if (status != 200 && !line.isEmpty()) {
        LOG.errorf("group %s goes on as before: %s", group, line);
      }
    }

    /** Where it was heard, the events tell what became of it. */
    @Override
    public void closed() {
      if (!answered) {
        listener.unheard();
      }
    }
  }
}
