package dev.kubewsgi.operator.process;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's process. Exits with 1 when its settings are wrong or another operator took over.
 */
@QuarkusMain
@ApplicationScoped
class Main implements QuarkusApplication {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private final KubernetesClient client;
  private final Progress progress;
  private final MeterRegistry meters;
  private final String version;
  private volatile Operation operation;

  Main(
      KubernetesClient client,
      Progress progress,
      MeterRegistry meters,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.client = client;
    this.progress = progress;
    this.meters = meters;
    this.version = version;
  }

  @Override
  public int run(String... arguments) {
    Settings settings;
    try {
      settings = Settings.read(System.getenv(), version, ownNamespace());
    } catch (Settings.InvalidException e) {
      e.getMessage().lines().forEach(problem -> LOG.error("KW220 {}", problem));
      return 1;
    }
    LogLines.install(settings.logFormat());
    settings.describe(version).forEach(LOG::info);
    measure();
    Runnable exit = () -> Quarkus.asyncExit(1);
    Thread.setDefaultUncaughtExceptionHandler(new UncaughtErrors(exit));
    operation = new Operation(client, settings, progress, meters, exit);
    operation.start();
    Quarkus.waitForExit();
    return 0;
  }

  /** While there is a client still, with which to give the Lease back. */
  void stop(@Observes ShutdownEvent event) {
    if (operation != null) {
      operation.close();
    }
  }

  private String ownNamespace() {
    String namespace = client.getNamespace();
    return namespace == null ? "default" : namespace;
  }

  private void measure() {
    for (Phase phase : Phase.values()) {
      Gauge.builder("kubewsgi.operator.phase", () -> progress.state().phase() == phase ? 1 : 0)
          .description("1 for the phase that the operator is in")
          .tag("phase", phase.name())
          .register(meters);
    }
    Gauge.builder("kubewsgi.operator.definition.differences", () -> progress.differences().size())
        .description("In how many ways the definitions in the cluster are not this operator's")
        .register(meters);
  }
}
