package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupStatus;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.apply.Attempts;
import dev.kubewsgi.operator.apply.Children;
import dev.kubewsgi.operator.apply.Cluster;
import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.apply.WatchedCluster;
import dev.kubewsgi.operator.status.Events;
import dev.kubewsgi.operator.status.StatusWriter;
import dev.kubewsgi.operator.world.GroupPart;
import dev.kubewsgi.operator.world.GroupView;
import dev.kubewsgi.operator.world.World;
import dev.kubewsgi.operator.world.WorldEvents;
import dev.kubewsgi.routes.GroupDocuments;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Brings about what a DaemonGroup consists of, and says how it is. */
public final class DaemonGroupReconciler implements Reconciler<DaemonGroup> {

  /** Secrets are looked up by name, when something else gives reason to. */
  private static final List<Class<? extends HasMetadata>> WATCHED =
      List.of(
          ConfigMap.class,
          Role.class,
          RoleBinding.class,
          NetworkPolicy.class,
          PodDisruptionBudget.class,
          Service.class,
          Deployment.class);

  private final World world;
  private final OperatorConfig config;
  private final StatusWriter<DaemonGroupStatus, DaemonGroup> statuses;
  private final Events events;
  private final Attempts<DaemonGroup> attempts;
  private final Clock clock;

  private final SecretsRight secretsRight;
  private Cluster cluster;

  /** For the operator to register. */
  public DaemonGroupReconciler(
      World world,
      OperatorConfig config,
      StatusWriter<DaemonGroupStatus, DaemonGroup> statuses,
      Events events,
      Attempts<DaemonGroup> attempts,
      Clock clock) {
    this.world = world;
    this.config = config;
    this.statuses = statuses;
    this.events = events;
    this.attempts = attempts;
    this.clock = clock;
    this.secretsRight = new SecretsRight(config, clock);
  }

  @Override
  public List<EventSource<?, DaemonGroup>> prepareEventSources(
      EventSourceContext<DaemonGroup> context) {
    var watched = new WatchedCluster<>(context, DaemonGroup.class, Names.GROUP, WATCHED);
    cluster = watched;
    List<EventSource<?, DaemonGroup>> sources = new ArrayList<>(watched.eventSources());
    sources.add(WorldEvents.of(world, DaemonGroup.class));
    return sources;
  }

  @Override
  public UpdateControl<DaemonGroup> reconcile(DaemonGroup group, Context<DaemonGroup> context) {
    world.of(group).ifPresent(view -> reconcile(group, view));
    return UpdateControl.noUpdate();
  }

  @Override
  public ErrorStatusUpdateControl<DaemonGroup> updateErrorStatus(
      DaemonGroup group, Context<DaemonGroup> context, Exception failure) {
    return attempts.failed(group, failure);
  }

  private void reconcile(DaemonGroup group, GroupView view) {
    Children children = Children.of(group, cluster);
    if (config.clusterWide()) {
      secretsRight.bringAbout(
          group, world.groupsIn(group.getMetadata().getNamespace()), cluster, children);
    }
    children.apply(objects(group, view.part()));
    bringAboutSecret(group, children);
    children.keep(deploymentLike(group)).removeOthers();
    attempts.end(
        group,
        children,
        failure -> world.delivered(group, view.part(), failure),
        failures -> report(group, view, failures));
  }

  /** The document's ConfigMap is written only in the state that its sequence was read from. */
  private List<HasMetadata> objects(DaemonGroup group, GroupPart part) {
    ConfigMap like = new ConfigMapBuilder().withMetadata(DaemonGroupModel.metadata(group)).build();
    Optional<ConfigMap> existing = cluster.find(like);
    Optional<String> text =
        existing.map(ConfigMap::getData).map(data -> data.get(Names.GROUP_DOCUMENT));
    String document = GroupDocuments.next(part.document(), text, clock.instant());
    List<HasMetadata> objects =
        DaemonGroupModel.objects(
            group, new GroupInputs(document, part.gateways(), part.sources()), config);
    existing.ifPresent(
        seen ->
            objects.stream()
                .filter(ConfigMap.class::isInstance)
                .map(HasMetadata::getMetadata)
                .forEach(each -> each.setResourceVersion(seen.getMetadata().getResourceVersion())));
    return objects;
  }

  /** After the rest, so that the right to write it, which is new at first, is known everywhere. */
  private void bringAboutSecret(DaemonGroup group, Children children) {
    var rotates = new AtomicBoolean();
    children.evolve(
        GroupSecret.of(group),
        existing -> {
          rotates.set(existing.filter(seen -> GroupSecret.isToBeRotated(group, seen)).isPresent());
          return GroupSecret.next(group, existing, GroupSecret::random);
        });
    if (rotates.get() && children.failures().isEmpty()) {
      events.done(group, "SecretRotated", "the last secret stays valid until the next rotation");
    }
  }

  private void report(DaemonGroup group, GroupView view, List<Failure> failures) {
    Optional<DaemonGroupStatus> last = statuses.last(group);
    DaemonGroupStatus status =
        DaemonGroupStatuses.of(group, last, view, failures, deployment(group), clock.instant());
    if (statuses.write(group, status)) {
      events.readinessChanged(
          group, last.map(DaemonGroupStatus::conditions).orElse(null), status.conditions());
    }
  }

  private Optional<Deployment> deployment(DaemonGroup group) {
    return cluster.find(deploymentLike(group));
  }

  private static Deployment deploymentLike(DaemonGroup group) {
    return new DeploymentBuilder().withMetadata(DaemonGroupModel.metadata(group)).build();
  }
}
