package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.routes.RouteTable;
import java.util.List;

/**
 * What a compilation says about one gateway.
 *
 * @param version of the object that it is about
 * @param replicas pods that are wanted
 * @param table that its pods are to serve
 * @param sources of embedded aliases that its pods have to bring
 * @param aliases how many are attached
 */
public record GatewayPart(
    Version version, int replicas, RouteTable table, List<PodSource> sources, int aliases) {

  public GatewayPart {
    sources = List.copyOf(sources);
  }
}
