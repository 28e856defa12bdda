package dev.kubewsgi.operator.process;

import dev.kubewsgi.operator.Controllers;
import dev.kubewsgi.operator.OperatorConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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

  private final KubernetesClient client;
  private final Settings settings;
  private final Progress progress;
  private final MeterRegistry meters;
  private final Runnable superseded;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private Leadership leadership;
  private Controllers controllers;
  private boolean closed;

  /**
   * Not started yet.
   *
   * @param superseded called when another operator has taken over; this one works no more
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
    this.superseded = superseded;
  }

  /** Returns at once; {@link Progress} says how far it has come. */
  void start() {
    threads.execute(this::prepare);
  }

  private void prepare() {
    try {
      awaitDefinitions();
      settings.election().ifPresentOrElse(this::stand, this::work);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitDefinitions() throws InterruptedException {
    var definitions = new Definitions(client);
    while (!complete(definitions)) {
      Thread.sleep(PAUSE);
    }
  }

  private boolean complete(Definitions definitions) {
    try {
      SortedSet<String> missing = definitions.missing();
      if (!missing.isEmpty()) {
        progress.waiting(
            Phase.WAITING_FOR_DEFINITIONS,
            "KW222 The cluster has no definition of %s: install them with the chart, or by kubectl apply --server-side -f dist/crds.yaml; this goes on when they are there"
                .formatted(String.join(", ", missing)));
        return false;
      }
      definitions.differences().forEach(difference -> LOG.warn("{}", difference));
      return true;
    } catch (KubernetesClientException e) {
      progress.waiting(
          Phase.WAITING_FOR_API_SERVER,
          "KW221 The API server %s does not answer as it should: %s; this goes on when it does"
              .formatted(client.getMasterUrl(), e.getMessage()));
      return false;
    }
  }

  private synchronized void stand(Settings.Election election) {
    if (!closed) {
      progress.reached(
          Phase.STANDING_BY,
          "asks for the Lease %s/%s as %s"
              .formatted(election.namespace(), Leadership.LEASE, election.identity()));
      leadership =
          Leadership.seek(
              client, election, threads, () -> threads.execute(this::work), this::stopped);
    }
  }

  private void stopped() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    LOG.error("KW225 Another operator may have taken over: the Lease could not be renewed");
    superseded.run();
  }

  private void work() {
    settings.firstGateway().ifPresent(manifest -> FirstGateway.apply(client, manifest));
    try {
      while (!begin()) {
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether there is nothing left to try. */
  private synchronized boolean begin() {
    if (closed) {
      return true;
    }
    progress.reached(Phase.STARTING, "reads what there is in " + scope(settings.config()));
    controllers = new Controllers(client, settings.config(), Clock.systemUTC(), this::configure);
    try {
      controllers.start();
      progress.reached(Phase.WORKING, "works for " + scope(settings.config()));
      return true;
    } catch (RuntimeException e) {
      controllers.close();
      progress.waiting(
          Phase.WAITING_FOR_API_SERVER,
          "KW221 What there is cannot be read: %s; it is tried again".formatted(e.getMessage()));
      return false;
    }
  }

  private static String scope(OperatorConfig config) {
    return config.clusterWide()
        ? "all namespaces"
        : "the namespaces " + String.join(", ", config.namespaces());
  }

  private void configure(
      io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider framework) {
    framework.withMetrics(MicrometerMetrics.newMicrometerMetricsBuilder(meters).build());
  }

  /** Ends what runs, then gives the Lease back: never two that work. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (controllers != null) {
        controllers.close();
      }
      if (leadership != null) {
        leadership.close();
      }
    }
    threads.shutdownNow();
  }
}
