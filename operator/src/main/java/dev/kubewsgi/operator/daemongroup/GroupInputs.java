package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.operator.pods.PodSource;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What other objects say about a group.
 *
 * @param document the group document, as JSON
 * @param gateways {@code NAMESPACE/NAME} of the gateways with aliases here
 * @param sources of the aliases that run here, as far as pods have to bring them
 */
public record GroupInputs(String document, SortedSet<String> gateways, List<PodSource> sources) {

  public GroupInputs {
    gateways = Collections.unmodifiableSortedSet(new TreeSet<>(gateways));
    sources = sources.stream().sorted().toList();
  }
}
