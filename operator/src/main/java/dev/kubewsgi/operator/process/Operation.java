package dev.kubewsgi.operator.process;

import dev.kubewsgi.operator.Controllers;
import dev.kubewsgi.operator.measure.Measurements;
import dev.kubewsgi.operator.world.Differences;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator from its start to its end: wait for the API server and the kinds, be the one that
 * works, work. Nothing of the outside makes it give up: it says what it waits for and waits.
 */
final class Operation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

  /** Between two looks at what is waited for. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** Between two looks at whether the API server is still there. */
  private static final Duration WATCH = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Settings settings;
  private final Progress progress;
  private final MeterRegistry meters;
  private final Measurements measurements;
  private final Runnable superseded;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Definitions definitions;
  private Leadership leadership;
  private volatile Differences known = Differences.NONE;
  private volatile Controllers controllers;
  private boolean closed;

  /**
   * Not started yet.
   *
   * @param superseded called when another operator may have taken over; this one must work no more
   */
  Operation(
      KubernetesClient client,
      Settings settings,
      Progress progress,
      MeterRegistry meters,
      Runnable superseded) {
    this.client = client;
    this.settings = settings;
    this.progress = progress;
    this.meters = meters;
    this.measurements = new Measurements(meters);
    this.superseded = superseded;
    this.definitions = new Definitions(client);
  }

  /** Returns at once; {@link Progress} says how far it has come. */
  void start() {
    threads.execute(() -> untilClosed(this::prepare));
  }

  /** What a thread does that {@link #close} interrupts. */
  private interface Task {
    void run() throws InterruptedException;
  }

  private static void untilClosed(Task task) {
    try {
      task.run();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void prepare() throws InterruptedException {
    while (!areThere()) {
      Thread.sleep(PAUSE);
    }
    if (settings.election().isPresent()) {
      stand(settings.election().get());
    } else {
      work();
    }
  }

  /** Also whether they still are: definitions can be deleted, and exchanged for others. */
  private boolean areThere() {
    try {
      SortedSet<String> missing = definitions.missing();
      if (missing.isEmpty()) {
        compare();
        return true;
      }
      progress.waiting(
          Phase.WAITING_FOR_DEFINITIONS,
          "KW222 The cluster has no definition of %s: install them with the chart, or by kubectl apply --server-side -f dist/crds.yaml; this goes on when they are there"
              .formatted(String.join(", ", missing)));
    } catch (KubernetesClientException e) {
      cannotGoOn(e);
    }
    return false;
  }

  private void compare() {
    Differences differences = definitions.differences();
    progress.compared(differences.sentences());
    known = differences;
    if (controllers != null) {
      controllers.definitionsDiffer(differences);
    }
  }

  /** What stands in the way is a matter of the network, of rights, or of what was declared. */
  private void cannotGoOn(RuntimeException e) {
    progress.waiting(Phase.WAITING_FOR_API_SERVER, Obstacle.describe(e, client.getMasterUrl()));
    LOG.debug("waits", e);
  }

  private synchronized void stand(Settings.Election election) {
    if (!closed) {
      progress.reached(
          Phase.STANDING_BY,
          "asks for the Lease %s/%s as %s"
              .formatted(election.namespace(), election.lease(), election.identity()));
      leadership =
          Leadership.seek(
              client,
              election,
              threads,
              () -> threads.execute(() -> untilClosed(this::work)),
              this::lost);
    }
  }

  private void lost() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    LOG.error("KW225 The Lease could not be renewed, and another operator may have it now");
    superseded.run();
  }

  private void work() throws InterruptedException {
    settings
        .firstGateway()
        .map(manifest -> new FirstGateway(client, manifest))
        .ifPresent(
            gateway -> threads.execute(() -> untilClosed(() -> gateway.applyInTheEnd(WATCH))));
    while (!begin()) {
      Thread.sleep(PAUSE);
    }
    while (true) {
      Thread.sleep(WATCH);
      lookAfterApiServer();
    }
  }

  /** Whether there is nothing left to try. */
  private boolean begin() {
    Controllers starting = makeControllers();
    if (starting == null) {
      return true;
    }
    progress.reached(Phase.STARTING, "reads what there is in " + settings.scope());
    try {
      starting.start();
      working();
      return true;
    } catch (RuntimeException e) {
      starting.close();
      cannotGoOn(e);
      return false;
    }
  }

  /** Null when it is too late. */
  private synchronized Controllers makeControllers() {
    controllers =
        closed
            ? null
            : new Controllers(
                client,
                settings.config(),
                Controllers.SECRETS,
                Clock.systemUTC(),
                measurements,
                this::configure);
    if (controllers != null) {
      controllers.definitionsDiffer(known);
    }
    return controllers;
  }

  private void configure(ConfigurationServiceOverrider framework) {
    // A timer for each object would take more memory than the objects.
    framework.withMetrics(MicrometerMetrics.withoutPerResourceMetrics(meters));
  }

  /** Watches come again by themselves, and each says so; this is for those who wonder. */
  private void lookAfterApiServer() {
    if (areThere()) {
      working();
    }
  }

  private void working() {
    progress.reached(Phase.WORKING, "works for " + settings.scope());
  }

  /** Ends what runs, then gives the Lease back: never two that work. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    if (controllers != null) {
      controllers.close();
    }
    if (leadership != null) {
      leadership.close();
    }
    threads.shutdownNow();
  }
}
