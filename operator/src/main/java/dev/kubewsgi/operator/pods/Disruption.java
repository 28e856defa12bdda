package dev.kubewsgi.operator.pods;

import dev.kubewsgi.operator.Owned;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.Map;

/** How many pods a drain of nodes may take at a time. */
public final class Disruption {

  private Disruption() {}

  /**
   * A quarter, rounded up: at least one, so that no number of replicas, not even one, holds up a
   * drain for ever. Pods that are not ready may always go: they serve nobody, and what is wrong
   * with them may be the node. It is the same for any number of replicas, so that scaling writes
   * nothing.
   */
  public static PodDisruptionBudget budget(
      HasMetadata owner, String name, Map<String, String> labels) {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(Owned.metadata(owner, name, labels))
        .withNewSpec()
        .withMaxUnavailable(new IntOrString("25%"))
        .withUnhealthyPodEvictionPolicy("AlwaysAllow")
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .endSpec()
        .build();
  }
}
