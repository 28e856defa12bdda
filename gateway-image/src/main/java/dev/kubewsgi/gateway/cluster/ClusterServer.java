package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.Gateway;
import dev.kubewsgi.gateway.Lifetime;
import dev.kubewsgi.gateway.status.ClusterStatus;
import io.fabric8.kubernetes.client.Config;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** The gateway of a pod, from start to signal: the Quarkus application behind {@code gateway}. */
public final class ClusterServer implements QuarkusApplication {

  private static final Logger LOG = Logger.getLogger(ClusterServer.class);
  private static final String EVERY_ADDRESS = "0.0.0.0";

  /**
   * Requests still come after SIGTERM, until every node has learnt that the pod ends. Part of the
   * ten seconds that a pod's grace period has beyond the graceful timeout.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private static ClusterOptions options;
  private static Config config;

  @Inject Gateway gateway;
  @Inject Vertx vertx;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("cluster").unstarted(task));

  private final ApiHealth health = new ApiHealth();
  private final Unreadable unreadable = new Unreadable();

  /**
   * Serves until a signal comes.
   *
   * @return the exit status
   */
  public static int run(ClusterOptions wanted) {
    options = wanted;
    var found = ApiConfig.find(wanted.kubeconfig());
    if (found.isEmpty()) {
      System.err.println(
          "KW246 there is no cluster to read from: name a kubeconfig that can be read with"
              + " --kubeconfig or KUBECONFIG, or run it in a pod with a ServiceAccount");
      return 1;
    }
    config = found.get();
    var refusal = Lifetime.adminPortRefusal(EVERY_ADDRESS, wanted.probesPort());
    if (refusal.isPresent()) {
      System.err.printf("KW213 %s. Name another: --probes-port N%n", refusal.get());
      return 1;
    }
    System.setProperty("kube-wsgi.admin.in-pod", "true");
    return Lifetime.run(ClusterServer.class, EVERY_ADDRESS, wanted.probesPort());
  }

  @Override
  public int run(String... arguments) throws Exception {
    Lifetime.endOnSignals();
    gateway.joinCluster(
        () -> new ClusterStatus(health.isReachable(), health.failures(), unreadable.count()));
    var name = new GatewayName(options.namespace(), options.name(), options.pod());
    try (var api = new ApiClient(config, vertx, thread, health)) {
      var feed =
          new ClusterFeed(
              name,
              api,
              network(),
              new GatewayServing(gateway),
              unreadable,
              thread,
              System::nanoTime);
      var publisher = new ReportPublisher(name, api, () -> Reports.of(gateway), thread);
      thread.execute(feed::start);
      thread.execute(publisher::start);
      LOG.infof(
          "gateway %s, pod %s: its table is read from %s",
          name.id(), name.pod(), config.getMasterUrl());
      Quarkus.waitForExit();
      end(publisher);
    }
    return 0;
  }

  private void end(ReportPublisher publisher) throws InterruptedException {
    gateway.announceEnd();
    Thread.sleep(FAREWELL);
    try {
      publisher.withdraw().get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debugf(e, "the report of this pod is left to the operator to remove");
    }
    Lifetime.drain(gateway);
  }

  private static PodNetwork network() {
    return ConfigProvider.getConfig()
            .getOptionalValue("kube-wsgi.pods-on-loopback", Boolean.class)
            .orElse(false)
        ? PodNetwork.ON_LOOPBACK
        : PodNetwork.DIRECT;
  }
}
