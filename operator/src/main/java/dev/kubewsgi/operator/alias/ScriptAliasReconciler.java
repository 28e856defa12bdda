package dev.kubewsgi.operator.alias;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasStatus;
import dev.kubewsgi.operator.apply.Attempts;
import dev.kubewsgi.operator.measure.Measurements;
import dev.kubewsgi.operator.status.Events;
import dev.kubewsgi.operator.status.StatusWriter;
import dev.kubewsgi.operator.world.AliasView;
import dev.kubewsgi.operator.world.Programming;
import dev.kubewsgi.operator.world.World;
import dev.kubewsgi.operator.world.WorldEvents;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Says of a ScriptAlias how it is; what it consists of is part of its gateway and group. */
public final class ScriptAliasReconciler implements Reconciler<ScriptAlias> {

  private final World world;
  private final StatusWriter<ScriptAliasStatus, ScriptAlias> statuses;
  private final Events events;
  private final Attempts<ScriptAlias> attempts;
  private final Clock clock;
  private final Measurements measurements;
  private final Newcomers newcomers = new Newcomers();

  /** For the operator to register. */
  public ScriptAliasReconciler(
      World world,
      StatusWriter<ScriptAliasStatus, ScriptAlias> statuses,
      Events events,
      Attempts<ScriptAlias> attempts,
      Clock clock,
      Measurements measurements) {
    this.world = world;
    this.statuses = statuses;
    this.events = events;
    this.attempts = attempts;
    this.clock = clock;
    this.measurements = measurements;
  }

  @Override
  public List<EventSource<?, ScriptAlias>> prepareEventSources(
      EventSourceContext<ScriptAlias> context) {
    return List.of(WorldEvents.of(world, ScriptAlias.class));
  }

  @Override
  public UpdateControl<ScriptAlias> reconcile(ScriptAlias alias, Context<ScriptAlias> context) {
    if (alias.getSpec() == null) {
      write(
          alias,
          ScriptAliasStatuses.ofIllegible(
              alias, statuses.last(alias), world.differenceOf(ScriptAlias.class), clock.instant()));
      return UpdateControl.noUpdate();
    }
    newcomers.seen(alias, clock.instant());
    world
        .of(alias)
        .filter(view -> !(view.programming() instanceof Programming.Pending))
        .ifPresent(view -> report(alias, view));
    return UpdateControl.noUpdate();
  }

  @Override
  public ErrorStatusUpdateControl<ScriptAlias> updateErrorStatus(
      ScriptAlias alias, Context<ScriptAlias> context, Exception failure) {
    return attempts.failed(alias, failure);
  }

  private void report(ScriptAlias alias, AliasView view) {
    ScriptAliasStatus status =
        ScriptAliasStatuses.of(alias, statuses.last(alias), view, clock.instant());
    write(alias, status);
    newcomers.arrived(alias, status, clock.instant()).ifPresent(measurements::programmed);
  }

  private void write(ScriptAlias alias, ScriptAliasStatus status) {
    Optional<ScriptAliasStatus> last = statuses.last(alias);
    if (statuses.write(alias, status)) {
      events.readinessChanged(
          alias, last.map(ScriptAliasStatus::conditions).orElse(null), status.conditions());
    }
    attempts.succeeded(alias);
  }
}
