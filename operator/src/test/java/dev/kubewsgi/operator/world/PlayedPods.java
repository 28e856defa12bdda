package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.Names;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pods of gateway web/main and group web/site1 as a test wants them, and what they report. */
final class PlayedPods {

  private final List<Pod> pods = new ArrayList<>();
  private final Map<String, String> reports = new HashMap<>();

  Observations observations() {
    ConfigMap status =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("main-gateway-status")
            .endMetadata()
            .withBinaryData(reports)
            .build();
    return Observations.of(pods, Map.of("web/main", status));
  }

  /** A pod of the gateway that has not reported. */
  void ofGateway(String name, boolean ready, Map<String, String> annotations) {
    add(name, Names.gatewayLabels("main"), annotations, status(ready));
  }

  /** A pod of the group. */
  void ofGroup(String name, boolean ready, Map<String, String> annotations) {
    add(name, Names.groupLabels("site1"), annotations, status(ready));
  }

  /** A pod of gateway or group whose container has no image. */
  void withoutImage(String name, Map<String, String> labels, Map<String, String> annotations) {
    PodStatus status =
        new PodStatusBuilder(status(false))
            .addNewContainerStatus()
            .withName("workers")
            .withNewState()
            .withNewWaiting("there is no such image", "ErrImagePull")
            .endState()
            .endContainerStatus()
            .build();
    add(name, labels, annotations, status);
  }

  /** A pod of the group whose container runs and is not ready. */
  void started(String name, Map<String, String> annotations) {
    PodStatus status =
        new PodStatusBuilder(status(false))
            .addNewContainerStatus()
            .withName("workers")
            .withStarted(true)
            .endContainerStatus()
            .build();
    add(name, Names.groupLabels("site1"), annotations, status);
  }

  /** What is left of a pod of the group. */
  void evicted(String name, Map<String, String> annotations) {
    PodStatus status = new PodStatusBuilder(status(false)).withPhase("Failed").build();
    add(name, Names.groupLabels("site1"), annotations, status);
  }

  private void add(
      String name, Map<String, String> labels, Map<String, String> annotations, PodStatus status) {
    pods.add(
        new PodBuilder()
            .withMetadata(
                new ObjectMetaBuilder()
                    .withNamespace("web")
                    .withName(name)
                    .withLabels(labels)
                    .withAnnotations(annotations)
                    .build())
            .withStatus(status)
            .build());
  }

  private static PodStatus status(boolean ready) {
    return new PodStatusBuilder()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .endCondition()
        .build();
  }

  /** What a pod of the gateway has written about an application group. */
  void report(String pod, String applicationGroup, ApplicationReport report) {
    write(pod, new GatewayReport(Map.of(applicationGroup, report), Map.of()).pack());
  }

  /** Whatever it has written. */
  void write(String pod, byte[] report) {
    reports.put(pod, Base64.getEncoder().encodeToString(report));
  }

  void clear() {
    pods.clear();
  }
}
