package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewayStatus;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.apply.Attempts;
import dev.kubewsgi.operator.apply.Children;
import dev.kubewsgi.operator.apply.Cluster;
import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.apply.WatchedCluster;
import dev.kubewsgi.operator.status.Events;
import dev.kubewsgi.operator.status.StatusWriter;
import dev.kubewsgi.operator.world.GatewayPart;
import dev.kubewsgi.operator.world.GatewayView;
import dev.kubewsgi.operator.world.World;
import dev.kubewsgi.operator.world.WorldEvents;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.RouteTableDocuments;
import dev.kubewsgi.routes.WrittenTable;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Brings about what a WsgiGateway consists of, and says how it is. */
public final class WsgiGatewayReconciler implements Reconciler<WsgiGateway> {

  private static final List<Class<? extends HasMetadata>> WATCHED =
      List.of(
          ServiceAccount.class,
          Role.class,
          RoleBinding.class,
          ConfigMap.class,
          NetworkPolicy.class,
          PodDisruptionBudget.class,
          Service.class,
          Deployment.class);

  private final World world;
  private final OperatorConfig config;
  private final StatusWriter<WsgiGatewayStatus, WsgiGateway> statuses;
  private final Events events;
  private final Attempts<WsgiGateway> attempts;
  private final Clock clock;
  private Cluster cluster;

  /** Of whichever gateway it was: most clusters have one, which is reconciled at each step. */
  private volatile WrittenTable lastWritten;

  /** For the operator to register. */
  public WsgiGatewayReconciler(
      World world,
      OperatorConfig config,
      StatusWriter<WsgiGatewayStatus, WsgiGateway> statuses,
      Events events,
      Attempts<WsgiGateway> attempts,
      Clock clock) {
    this.world = world;
    this.config = config;
    this.statuses = statuses;
    this.events = events;
    this.attempts = attempts;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, WsgiGateway>> prepareEventSources(
      EventSourceContext<WsgiGateway> context) {
    var watched = new WatchedCluster<>(context, WsgiGateway.class, Names.GATEWAY, WATCHED);
    cluster = watched;
    List<EventSource<?, WsgiGateway>> sources = new ArrayList<>(watched.eventSources());
    sources.add(WorldEvents.of(world, WsgiGateway.class));
    return sources;
  }

  @Override
  public UpdateControl<WsgiGateway> reconcile(WsgiGateway gateway, Context<WsgiGateway> context) {
    if (gateway.getSpec() == null) {
      write(
          gateway,
          WsgiGatewayStatuses.ofIllegible(
              gateway,
              statuses.last(gateway),
              world.differenceOf(WsgiGateway.class),
              clock.instant()));
      attempts.succeeded(gateway);
    } else {
      world.of(gateway).ifPresent(view -> reconcile(gateway, view));
    }
    return UpdateControl.noUpdate();
  }

  @Override
  public ErrorStatusUpdateControl<WsgiGateway> updateErrorStatus(
      WsgiGateway gateway, Context<WsgiGateway> context, Exception failure) {
    return attempts.failed(gateway, failure);
  }

  private void reconcile(WsgiGateway gateway, GatewayView view) {
    GatewayInputs inputs =
        new GatewayInputs(documents(gateway, view.part()), view.part().sources());
    Children children =
        Children.of(gateway, cluster)
            .apply(GatewayModel.objects(gateway, inputs, config))
            .keep(deploymentLike(gateway))
            .keep(serviceLike(gateway))
            .removeOthers();
    attempts.end(
        gateway,
        children,
        failure -> world.delivered(gateway, view.part(), failure),
        failures -> report(gateway, view, failures));
  }

  /** The route table: names of ConfigMaps to what is in them. */
  private Map<String, String> documents(WsgiGateway gateway, GatewayPart part) {
    String name = gateway.getMetadata().getName();
    RouteTableDocuments documents = written(part.table()).documents();
    List<String> shards = documents.shards();
    Map<String, String> byName = new TreeMap<>();
    byName.put(Names.gateway(name), documents.index());
    for (int i = 0; i < shards.size(); i++) {
      byName.put(Names.gatewayShard(name, shards.size(), i), shards.get(i));
    }
    return byName;
  }

  private WrittenTable written(RouteTable table) {
    WrittenTable known = lastWritten;
    WrittenTable written = known == null ? WrittenTable.of(table) : known.next(table);
    lastWritten = written;
    return written;
  }

  private void report(WsgiGateway gateway, GatewayView view, List<Failure> failures) {
    write(
        gateway,
        WsgiGatewayStatuses.of(
            gateway, statuses.last(gateway), view, failures, found(gateway), clock.instant()));
  }

  private void write(WsgiGateway gateway, WsgiGatewayStatus status) {
    Optional<WsgiGatewayStatus> last = statuses.last(gateway);
    if (statuses.write(gateway, status)) {
      events.readinessChanged(
          gateway, last.map(WsgiGatewayStatus::conditions).orElse(null), status.conditions());
    }
  }

  private WsgiGatewayStatuses.Found found(WsgiGateway gateway) {
    return new WsgiGatewayStatuses.Found(
        cluster.find(deploymentLike(gateway)), cluster.find(serviceLike(gateway)));
  }

  private static Service serviceLike(WsgiGateway gateway) {
    return new ServiceBuilder().withMetadata(GatewayModel.metadata(gateway)).build();
  }

  private static Deployment deploymentLike(WsgiGateway gateway) {
    return new DeploymentBuilder().withMetadata(GatewayModel.metadata(gateway)).build();
  }
}
