package dev.kubewsgi.operator;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.alias.ScriptAliasReconciler;
import dev.kubewsgi.operator.apply.Attempts;
import dev.kubewsgi.operator.daemongroup.DaemonGroupReconciler;
import dev.kubewsgi.operator.gateway.WsgiGatewayReconciler;
import dev.kubewsgi.operator.measure.Measurements;
import dev.kubewsgi.operator.status.Events;
import dev.kubewsgi.operator.status.StatusWriter;
import dev.kubewsgi.operator.world.Differences;
import dev.kubewsgi.operator.world.LeanStore;
import dev.kubewsgi.operator.world.World;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The reconcilers of the three kinds, with the world that they share. */
public final class Controllers implements AutoCloseable {

  /**
   * Nothing tells of a Secret that was deleted, for the operator may watch none. A look is one
   * request, and pods that are there do without it meanwhile; a new one is seen by its Deployment.
   */
  public static final Duration SECRETS = Duration.ofMinutes(1);

  /** Of all else watches tell. */
  private static final Duration EVERYTHING = Duration.ofMinutes(10);

  /** They mostly wait for the API server, which more of them would only make slower to answer. */
  private static final int THREADS = 10;

  private final World world;
  private final Operator operator;

  /**
   * Not started yet. To be started by whoever leads, and no other: it decides who was first.
   *
   * @param client stays open when this is closed
   * @param secrets how soon, at the latest, the Secret of a group is looked at again
   * @param measurements takes how long things take
   * @param settings of the operator framework, such as metrics
   */
  public Controllers(
      KubernetesClient client,
      OperatorConfig config,
      Duration secrets,
      Clock clock,
      Measurements measurements,
      Consumer<ConfigurationServiceOverrider> settings) {
    world = new World(client, config, clock, measurements);
    operator =
        new Operator(
            overrider -> {
              overrider
                  .withKubernetesClient(client)
                  .withCloseClientOnStop(false)
                  .withConcurrentReconciliationThreads(THREADS)
                  .checkingCRDAndValidateLocalModel(false);
              settings.accept(overrider);
            });
    var events = new Events(client, clock);
    register(
        new WsgiGatewayReconciler(
            world,
            config,
            statusWriter(client, WsgiGateway.class, WsgiGateway::new),
            events,
            new Attempts<>(backOff(), clock),
            clock),
        EVERYTHING,
        config);
    register(
        new DaemonGroupReconciler(
            world,
            config,
            statusWriter(client, DaemonGroup.class, DaemonGroup::new),
            events,
            new Attempts<>(backOff(), clock),
            clock),
        secrets,
        config);
    register(
        new ScriptAliasReconciler(
            world,
            statusWriter(client, ScriptAlias.class, ScriptAlias::new),
            events,
            new Attempts<>(backOff(), clock),
            clock,
            measurements),
        EVERYTHING,
        config);
  }

  private <S, T extends CustomResource<?, S>> StatusWriter<S, T> statusWriter(
      KubernetesClient client, Class<T> kind, Supplier<T> maker) {
    return new StatusWriter<>(client, maker, () -> world.fieldsLackingIn(kind));
  }

  private <T extends HasMetadata> void register(
      Reconciler<T> reconciler, Duration lookAgain, OperatorConfig config) {
    operator.register(
        reconciler,
        overrider -> configure(overrider.withReconciliationMaxInterval(lookAgain), config));
  }

  private static <T extends HasMetadata> void configure(
      ControllerConfigurationOverrider<T> controller, OperatorConfig config) {
    controller.withRetry(backOff());
    if (config.clusterWide()) {
      // One store is for one informer, and several namespaces have several.
      controller.watchingAllNamespaces().withItemStore(new LeanStore<>());
    } else {
      controller.settingNamespaces(Set.copyOf(config.namespaces()));
    }
  }

  private static Retry backOff() {
    return new GenericRetry()
        .setInitialInterval(1000)
        .setIntervalMultiplier(2)
        .setMaxInterval(60_000)
        .withoutMaxAttempts();
  }

  /**
   * Returns when all informers have seen what there is.
   *
   * @throws RuntimeException the API server is away, or lacks the kinds
   */
  public void start() {
    operator.start();
    world.start();
  }

  /** Has objects say in what their kind's definition differs from the operator's. */
  public void definitionsDiffer(Differences differences) {
    world.definitionsDiffer(differences);
  }

  /** The framework's part, for health checks. */
  public Operator operator() {
    return operator;
  }

  @Override
  public void close() {
    world.close();
    operator.stop();
  }
}
