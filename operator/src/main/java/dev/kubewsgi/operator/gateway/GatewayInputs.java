package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.operator.pods.PodSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What other objects say about a gateway.
 *
 * @param configMaps the route table: names of ConfigMaps to the JSON in them, index and shards
 * @param sources of embedded aliases, as far as pods have to bring them
 */
public record GatewayInputs(Map<String, String> configMaps, List<PodSource> sources) {

  public GatewayInputs {
    configMaps = sorted(configMaps);
    sources = sources.stream().sorted().toList();
  }

  private static SortedMap<String, String> sorted(Map<String, String> configMaps) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(configMaps));
  }
}
