package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Pods of one Deployment keep apart, so that a node or a zone that fails takes few of them. */
public final class Spread {

  private Spread() {}

  /**
   * Over nodes and zones, as far as there are some: a pod in a crowd is better than none. Counted
   * among pods of the same revision, because those of the last one are about to go.
   */
  public static List<TopologySpreadConstraint> of(Map<String, String> labels) {
    return Stream.of("kubernetes.io/hostname", "topology.kubernetes.io/zone")
        .map(topology -> over(topology, labels))
        .toList();
  }

  private static TopologySpreadConstraint over(String topology, Map<String, String> labels) {
    return new TopologySpreadConstraintBuilder()
        .withMaxSkew(1)
        .withTopologyKey(topology)
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(labels)
        .endLabelSelector()
        .withMatchLabelKeys("pod-template-hash")
        .build();
  }
}
