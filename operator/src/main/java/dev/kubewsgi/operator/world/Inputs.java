package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that a compilation is made from.
 *
 * @param namespaceLabels by namespace; one that is not there has none that are known
 * @param configMaps that aliases name as their source: texts by key, by {@code namespace/name}
 * @param missingVolumes PersistentVolumeClaims that aliases name as their source and that are known
 *     not to be there: {@code namespace/name}
 */
record Inputs(
    List<WsgiGateway> gateways,
    List<DaemonGroup> groups,
    List<ScriptAlias> aliases,
    Map<String, Map<String, String>> namespaceLabels,
    Map<String, Map<String, String>> configMaps,
    Set<String> missingVolumes) {

  Inputs {
    gateways = sorted(gateways);
    groups = sorted(groups);
    aliases = sorted(aliases);
    namespaceLabels = Map.copyOf(namespaceLabels);
    configMaps = Map.copyOf(configMaps);
    missingVolumes = Set.copyOf(missingVolumes);
  }

  /** Watches give no order, and equal worlds have to give equal documents. */
  private static <T extends HasMetadata> List<T> sorted(List<T> objects) {
    return objects.stream()
        .sorted(
            Comparator.comparing((T each) -> each.getMetadata().getNamespace())
                .thenComparing(each -> each.getMetadata().getName()))
        .toList();
  }
}
