package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.dispatch.Lane;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * A supervisor that others start and end, as in a pod: keeps in touch with it for as long as its
 * address is one of the group's, and hands it the group document where it has an older one.
 * Confined to the group's home loop.
 */
final class RemoteSupervisor implements Supervisor, Replica.Listener {

  private static final Logger LOG = Logger.getLogger(RemoteSupervisor.class);
  private static final long SHORTEST_PAUSE_MILLIS = 20;
  private static final int DOUBLINGS = 6;

  private final String group;
  private final SupervisorAddress address;
  private final EventLoop home;
  private final Supplier<Pods> pods;
  private final IntSupplier threads;
  private final Runnable changed;
  private final Credentials credentials = new Credentials();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final Replica replica;
  private boolean awaitsSecret;
  private boolean stopping;
  private int failures;

  /** Since it was last connected. */
  private int denials;

  /** The sequence of the document that it was given since the connection was made. */
  private long offered;

  /**
   * @param pods what is known of the group's pods now
   * @param threads of each worker
   * @param lanes the lane of an application group's id, or null
   * @param changed run at each change of state
   */
  RemoteSupervisor(
      String group,
      SupervisorAddress address,
      List<EventLoop> loops,
      EventLoop home,
      Supplier<Pods> pods,
      IntSupplier threads,
      Function<String, Lane<WorkerConnection>> lanes,
      WorkerEnds ends,
      Runnable changed) {
    this.group = group;
    this.address = address;
    this.home = home;
    this.pods = pods;
    this.threads = threads;
    this.changed = changed;
    this.replica = new Replica(group, address, credentials::secret, loops, home, lanes, ends, this);
  }

  @Override
  public Optional<Long> pid() {
    return replica.isConnected() ? Optional.of(replica.state().pid()) : Optional.empty();
  }

  @Override
  public Replica replica() {
    return replica;
  }

  /** Whoever looks after the pod starts it again, so requests may always wait for it. */
  @Override
  public Optional<String> broken() {
    return Optional.empty();
  }

  @Override
  public void start() {
    awaitsSecret = true;
    update();
  }

  @Override
  public void update() {
    credentials.update(pods.get().secrets());
    replica.threads(threads.getAsInt());
    if (awaitsSecret && !credentials.isEmpty()) {
      awaitsSecret = false;
      replica.connect();
    }
    replica.followLanes();
    offerDocument();
  }

  private void offerDocument() {
    if (replica.isConnected() && !stopping) {
      pods.get().document().filter(this::isNews).ifPresent(this::offer);
    }
  }

  private boolean isNews(Pods.Document document) {
    return document.sequence() > Math.max(offered, replica.state().sequence());
  }

  private void offer(Pods.Document document) {
    offered = document.sequence();
    replica.configure(document.json());
  }

  @Override
  public void changed() {
    if (replica.isConnected()) {
      failures = 0;
      denials = 0;
      offerDocument();
    }
    endIfDrained();
    changed.run();
  }

  @Override
  public void unreachable() {
    offered = 0;
    if (!stopping) {
      afterPause(replica::connect);
    }
  }

  @Override
  public void unheard() {
    offered = 0;
    afterPause(this::offerDocument);
  }

  @Override
  public void denied(String secret) {
    credentials.refused(secret);
    if (++denials == pods.get().secrets().size()) {
      LOG.errorf(
          "KW511 the supervisor of group %s at %s accepts none of the group's secrets; it is asked"
              + " again until it does",
          group, address);
    }
  }

  private void afterPause(Runnable action) {
    long longest = SHORTEST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS);
    long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest);
    home.schedule(
        () -> {
          if (!stopping) {
            action.run();
          }
        },
        pause,
        TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<Void> stop(Duration patience) {
    if (!stopping) {
      stopping = true;
      replica.retire();
      home.schedule(this::end, patience.toMillis(), TimeUnit.MILLISECONDS);
      endIfDrained();
    }
    return stopped;
  }

  private void endIfDrained() {
    if (stopping && replica.isDrained()) {
      end();
    }
  }

  private void end() {
    if (stopped.complete(null)) {
      replica.disconnect();
    }
  }
}
