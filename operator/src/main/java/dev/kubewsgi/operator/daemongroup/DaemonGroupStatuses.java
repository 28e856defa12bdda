package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupStatus;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.status.Conditions;
import dev.kubewsgi.operator.status.Rollout;
import dev.kubewsgi.operator.status.WorkloadConditions;
import dev.kubewsgi.operator.world.GroupView;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The status of a DaemonGroup, from all that is known about it. */
final class DaemonGroupStatuses {

  private DaemonGroupStatuses() {}

  /**
   * The status to write.
   *
   * @param last status that was written
   * @param failures of this reconcile
   * @param deployment of its pods; empty: not made yet
   */
  static DaemonGroupStatus of(
      DaemonGroup group,
      Optional<DaemonGroupStatus> last,
      GroupView view,
      List<Failure> failures,
      Optional<Deployment> deployment,
      Instant now) {
    long generation = group.getMetadata().getGeneration();
    var rollout = Rollout.of(deployment, group.getSpec().replicas());
    var all =
        new Conditions(last.map(DaemonGroupStatus::conditions).orElse(List.of()), generation, now);
    view.difference().ifPresent(all::markUnsupported);
    var conditions = new WorkloadConditions(all);
    conditions.markAccepted(DaemonGroupModel.findings(group));
    conditions.markProgrammed(failures);
    conditions.markReady(rollout, view.fault(), advice(group));
    return new DaemonGroupStatus(
        generation,
        conditions.list(),
        rollout.text(),
        rollout.pods(),
        rollout.ready(),
        Names.selector(DaemonGroupModel.labels(group)),
        view.part().aliases());
  }

  /** What an alias cannot say where there is none. */
  private static Optional<String> advice(DaemonGroup group) {
    return group.getSpec().threads() == 0
        ? Optional.of(
            "a pod is once it has imported spec.preload; kubectl logs deployment/"
                + DaemonGroupModel.name(group)
                + " says why it has not")
        : Optional.empty();
  }
}
