package dev.kubewsgi.operator;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Every name that the operator gives to an object, a label or an annotation: docs/cluster.md. */
public final class Names {

  /** Of everything that the operator makes. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** What {@link #MANAGED_BY} says of it; also the field manager that applies it. */
  public static final String MANAGER = "kube-wsgi";

  /** {@link #GROUP} or {@link #GATEWAY}. */
  public static final String COMPONENT = "app.kubernetes.io/component";

  /** The name of the DaemonGroup or WsgiGateway. */
  public static final String INSTANCE = "app.kubernetes.io/instance";

  public static final String GROUP = "group";
  public static final String GATEWAY = "gateway";

  /** The title of a group's processes: as a label as far as its characters allow. */
  public static final String DISPLAY_NAME = "kubewsgi.dev/display-name";

  /** What annotations of the operator's own begin with. */
  public static final String ANNOTATIONS = "kubewsgi.dev/";

  /**
   * On pod templates, {@code spec.restartedAt}. A key of our own, so that what {@code kubectl
   * rollout restart} writes under its own is left standing.
   */
  public static final String RESTARTED_AT = "kubewsgi.dev/restarted-at";

  /** The container that holds a group's supervisor and workers. */
  public static final String WORKERS_CONTAINER = "workers";

  /** The container of a gateway. */
  public static final String GATEWAY_CONTAINER = "gateway";

  /** The document's key in the ConfigMap of a group. */
  public static final String GROUP_DOCUMENT = "group.json";

  /** The index's key in the ConfigMap of a gateway. */
  public static final String INDEX = "index.json";

  /** A shard's key in its ConfigMap. */
  public static final String SHARD = "routes.json";

  /** Keys of a group's Secret. */
  public static final String CURRENT_SECRET = "current";

  public static final String PREVIOUS_SECRET = "previous";

  /** On a group's Secret, the {@code spec.secretRotatedAt} that made it. */
  public static final String ROTATED_AT = "kubewsgi.dev/secret-rotated-at";

  private Names() {}

  /** Deployment, Service, ConfigMap, Secret and the rest of a DaemonGroup. */
  public static String group(String name) {
    return name + "-group";
  }

  /** Deployment, Service, ConfigMap of the index, ServiceAccount and the rest of a WsgiGateway. */
  public static String gateway(String name) {
    return name + "-gateway";
  }

  /** The ConfigMap of one shard of a gateway's route table. */
  public static String gatewayShard(String name, int shards, int shard) {
    return gateway(name) + "-routes-" + shards + "-" + shard;
  }

  /** The ConfigMap in which a gateway's pods say how they are. */
  public static String gatewayStatus(String name) {
    return gateway(name) + "-status";
  }

  /** Labels of all that a DaemonGroup has; also what selects its pods. */
  public static Map<String, String> groupLabels(String name) {
    return labels(GROUP, name);
  }

  /** Labels of all that a WsgiGateway has; also what selects its pods. */
  public static Map<String, String> gatewayLabels(String name) {
    return labels(GATEWAY, name);
  }

  private static Map<String, String> labels(String component, String name) {
    return new TreeMap<>(Map.of(MANAGED_BY, MANAGER, COMPONENT, component, INSTANCE, name));
  }

  /** A label selector as text: what {@code status.selector} of the scale subresource holds. */
  public static String selector(Map<String, String> labels) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(","));
  }
}
