package dev.kubewsgi.operator.process;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who of several operators works: the one that holds a Lease. */
final class Leadership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** How long after a crash another takes over. */
  private static final Duration LEASE_DURATION = Duration.ofSeconds(30);

  /** Well within it, so that who could not renew stops before another begins. */
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(20);

  private static final Duration RETRY_PERIOD = Duration.ofSeconds(5);

  private final LeaderElector elector;
  private final CompletableFuture<?> election;

  private Leadership(LeaderElector elector) {
    this.elector = elector;
    this.election = elector.start();
  }

  /**
   * Asks for the Lease until it has it, and then renews it.
   *
   * @param won called once
   * @param lost called once, also when this is closed
   */
  static Leadership seek(
      KubernetesClient client,
      Settings.Election election,
      Executor executor,
      Runnable won,
      Runnable lost) {
    var lock = new LeaseLock(election.namespace(), election.lease(), election.identity());
    var config =
        new LeaderElectionConfigBuilder()
            .withName(Names.MANAGER)
            .withLock(lock)
            .withLeaseDuration(LEASE_DURATION)
            .withRenewDeadline(RENEW_DEADLINE)
            .withRetryPeriod(RETRY_PERIOD)
            .withLeaderCallbacks(new LeaderCallbacks(won, lost, Leadership::isHeldBy))
            .build();
    return new Leadership(new LeaderElectorBuilder(client, executor).withConfig(config).build());
  }

  private static void isHeldBy(String leader) {
    if (leader != null && !leader.isEmpty()) {
      LOG.info("{} has the Lease", leader);
    }
  }

  /** Gives the Lease back, so that another takes over at once. */
  @Override
  public void close() {
    election.cancel(true);
    try {
      elector.release();
    } catch (KubernetesClientException e) {
      LOG.info("the Lease runs out by itself: {}", e.getMessage());
    }
  }
}
