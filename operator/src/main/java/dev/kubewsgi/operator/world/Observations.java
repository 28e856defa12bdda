package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.operator.pods.PodFaults;
import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How pods are, and what the gateways' pods report.
 *
 * @param pods by {@code component namespace/name} of what they belong to
 * @param reports of ready pods alone, by {@code namespace/name} of their gateway
 */
record Observations(Map<String, List<Pod>> pods, Map<String, List<GatewayReport>> reports) {

  /**
   * Reads what was seen.
   *
   * @param pods of all that the operator made
   * @param statuses the ConfigMaps that gateways' pods report in, by {@code namespace/name} of the
   *     gateway
   */
  static Observations of(List<Pod> pods, Map<String, ConfigMap> statuses) {
    Map<String, List<Pod>> byOwner = new HashMap<>();
    pods.stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .forEach(pod -> byOwner.computeIfAbsent(owner(pod), key -> new ArrayList<>()).add(pod));
    Map<String, List<GatewayReport>> reports = new HashMap<>();
    statuses.forEach(
        (gateway, status) ->
            reports.put(
                gateway,
                reports(byOwner.getOrDefault(Names.GATEWAY + " " + gateway, List.of()), status)));
    return new Observations(byOwner, reports);
  }

  private static String owner(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels.get(Names.COMPONENT)
        + " "
        + pod.getMetadata().getNamespace()
        + "/"
        + labels.get(Names.INSTANCE);
  }

  /** A pod that is ready and has not reported yet counts as one that has loaded nothing. */
  private static List<GatewayReport> reports(List<Pod> pods, ConfigMap status) {
    return pods.stream()
        .filter(PodFaults::isReady)
        .map(pod -> status.getBinaryData().get(pod.getMetadata().getName()))
        .map(
            packed ->
                Optional.ofNullable(packed)
                    .flatMap(Observations::unpack)
                    .orElseGet(() -> new GatewayReport(Map.of(), Map.of())))
        .toList();
  }

  /** What is no base64 was written by hand. */
  private static Optional<GatewayReport> unpack(String packed) {
    try {
      return GatewayReport.unpack(Base64.getDecoder().decode(packed));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether pods still have the files of an earlier source of the alias there, or none. Gateways
   * hear of those that are not ready, too.
   */
  boolean areBehind(AliasPart.Place place) {
    return place
        .source()
        .map(PodSource::isBroughtBy)
        .filter(brought -> living(place).anyMatch(brought.negate()))
        .isPresent();
  }

  /**
   * Where such files are and their code has begun, but a pod is not ready: its namespace and name.
   * Either it will be in a moment, or its code cannot be loaded.
   */
  Optional<String> startedWithNewest(AliasPart.Place place) {
    return place.source().stream()
        .flatMap(source -> living(place).filter(source.isBroughtBy()))
        .filter(pod -> !PodFaults.isReady(pod) && hasStarted(pod))
        .map(pod -> pod.getMetadata().getNamespace() + " " + pod.getMetadata().getName())
        .sorted()
        .findFirst();
  }

  private static boolean hasStarted(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses().stream()
            .anyMatch(container -> Boolean.TRUE.equals(container.getStarted()));
  }

  private Stream<Pod> living(AliasPart.Place place) {
    return place
        .attachment()
        .daemonGroup()
        .map(this::podsOfGroup)
        .orElseGet(() -> podsOfGateway(place.attachment().gateway()))
        .stream()
        .filter(PodFaults::isLiving);
  }

  Optional<PodFault> gatewayFault(String gateway) {
    return PodFaults.of(podsOfGateway(gateway));
  }

  Optional<PodFault> groupFault(String group) {
    return PodFaults.of(podsOfGroup(group));
  }

  private List<Pod> podsOfGateway(String gateway) {
    return pods.getOrDefault(Names.GATEWAY + " " + gateway, List.of());
  }

  private List<Pod> podsOfGroup(String group) {
    return pods.getOrDefault(Names.GROUP + " " + group, List.of());
  }

  /** Listeners that are not open, as the pods of a gateway say; of several, any one says why. */
  Map<String, Trouble> listeners(String gateway) {
    Map<String, Trouble> listeners = new HashMap<>();
    reports
        .getOrDefault(gateway, List.of())
        .forEach(report -> report.listeners().forEach(listeners::putIfAbsent));
    return listeners;
  }

  List<GatewayReport> reportsOf(String gateway) {
    return reports.getOrDefault(gateway, List.of());
  }
}
