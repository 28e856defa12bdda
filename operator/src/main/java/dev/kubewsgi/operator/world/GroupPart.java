package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.routes.GroupDocument;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a compilation says about one daemon group.
 *
 * @param version of the object that it is about
 * @param document that its pods are to run
 * @param gateways {@code namespace/name} of those with aliases here
 * @param sources of aliases that its pods have to bring
 * @param aliases how many run here
 */
public record GroupPart(
    Version version,
    GroupDocument document,
    SortedSet<String> gateways,
    List<PodSource> sources,
    int aliases) {

  public GroupPart {
    gateways = Collections.unmodifiableSortedSet(new TreeSet<>(gateways));
    sources = List.copyOf(sources);
  }
}
