package dev.kubewsgi.operator.status;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the pods of a Deployment are.
 *
 * @param wanted pods
 * @param pods there are, of whatever template
 * @param ready of them
 * @param current of the newest template; fewer than it has to be while the newest was not seen yet
 * @param refusal why the API server takes no more pods; empty: it does
 */
public record Rollout(int wanted, int pods, int ready, int current, Optional<String> refusal) {

  /** Of a Deployment that may not be there yet. */
  public static Rollout of(Optional<Deployment> deployment, int wanted) {
    DeploymentStatus status = deployment.map(Deployment::getStatus).orElse(null);
    if (status == null) {
      return new Rollout(wanted, 0, 0, 0, Optional.empty());
    }
    boolean seen =
        Objects.equals(
            status.getObservedGeneration(), deployment.get().getMetadata().getGeneration());
    return new Rollout(
        wanted,
        orZero(status.getReplicas()),
        orZero(status.getReadyReplicas()),
        seen ? orZero(status.getUpdatedReplicas()) : 0,
        refusal(status));
  }

  private static Optional<String> refusal(DeploymentStatus status) {
    return status.getConditions().stream()
        .filter(each -> each.getType().equals("ReplicaFailure") && each.getStatus().equals("True"))
        .map(DeploymentCondition::getMessage)
        .findAny();
  }

  private static int orZero(Integer number) {
    return Objects.requireNonNullElse(number, 0);
  }

  /** {@code 1/2}. */
  public String text() {
    return ready + "/" + wanted;
  }

  boolean isComplete() {
    return ready >= wanted && current >= wanted && pods == wanted;
  }
}
