package dev.kubewsgi.testing.apiserver;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Plays the kubelet for the pods of a namespace: writes to their status what one would, in its
 * words. Nothing runs; controllers and users see pods that do, or that do not and why.
 */
public final class Kubelet {

  /** Addresses of pods count up from 198.18.0.1, of the range for benchmarks. */
  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  private final KubernetesClient client;
  private final String namespace;

  Kubelet(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Waits until a label selects just so many pods that are not being deleted. */
  public List<Pod> awaitPods(String label, String value, int count) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> pods(label, value), pods -> pods.size() == count);
  }

  private List<Pod> pods(String label, String value) {
    return client.pods().inNamespace(namespace).withLabel(label, value).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** Every container runs and is ready, and the pod has an address. */
  public Pod ready(Pod pod) {
    int number = ADDRESSES.incrementAndGet();
    String address = "198.18." + number / 250 + "." + (number % 250 + 1);
    PodStatus status =
        started(pod, "True", "", running(pod.getSpec().getContainers()))
            .withPodIP(address)
            .addNewPodIP(address)
            .build();
    return write(pod, status);
  }

  /** Every container runs, and the first does not pass its readiness probe. */
  public Pod notReady(Pod pod) {
    List<ContainerStatus> statuses = running(pod.getSpec().getContainers());
    statuses.getFirst().setReady(false);
    return write(pod, started(pod, "False", "ContainersNotReady", statuses).build());
  }

  /**
   * The first container ended, again and again.
   *
   * @param message what it wrote to its termination log
   */
  public Pod crashLooping(Pod pod, int exitCode, String message) {
    return waitingAfter(pod, "Error", exitCode, message);
  }

  /** The first container took more memory than its limit, again and again. */
  public Pod outOfMemory(Pod pod) {
    return waitingAfter(pod, "OOMKilled", 137, "");
  }

  private Pod waitingAfter(Pod pod, String reason, int exitCode, String message) {
    ContainerStatus status = ended(pod, first(pod), reason, exitCode, message);
    return write(pod, started(pod, "False", "ContainersNotReady", withFirst(pod, status)).build());
  }

  /** Of a container that is to be started again. */
  private static ContainerStatus ended(
      Pod pod, Container container, String reason, int exitCode, String message) {
    ContainerState waiting =
        waiting(
            "CrashLoopBackOff",
            "back-off 5m0s restarting failed container=%s pod=%s"
                .formatted(container.getName(), pod.getMetadata().getName()));
    ContainerState last =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withReason(reason)
            .withExitCode(exitCode)
            .withMessage(message)
            .withStartedAt(now())
            .withFinishedAt(now())
            .endTerminated()
            .build();
    return new ContainerStatusBuilder(status(container, waiting))
        .withLastState(last)
        .withRestartCount(5)
        .build();
  }

  /** The image of the first container cannot be had. */
  public Pod imagePullBackOff(Pod pod) {
    String message = "Back-off pulling image \"%s\"".formatted(first(pod).getImage());
    return notMade(pod, "ImagePullBackOff", message);
  }

  /**
   * The first container takes values from what is not there.
   *
   * @param message such as {@code secret "token" not found}
   */
  public Pod withoutConfiguration(Pod pod, String message) {
    return notMade(pod, "CreateContainerConfigError", message);
  }

  private Pod notMade(Pod pod, String reason, String message) {
    ContainerStatus status = status(first(pod), waiting(reason, message));
    return write(
        pod,
        started(pod, "False", "ContainersNotReady", withFirst(pod, status))
            .withPhase("Pending")
            .build());
  }

  /**
   * The first init container ended, again and again, and the containers wait for it.
   *
   * @param message what it wrote to its termination log
   */
  public Pod initCrashLooping(Pod pod, int exitCode, String message) {
    Container init = pod.getSpec().getInitContainers().getFirst();
    List<ContainerStatus> waiting =
        pod.getSpec().getContainers().stream()
            .map(each -> status(each, waiting("PodInitializing", null)))
            .toList();
    return write(
        pod,
        started(pod, "False", "ContainersNotReady", waiting)
            .withPhase("Pending")
            .withInitContainerStatuses(ended(pod, init, "Error", exitCode, message))
            .build());
  }

  /**
   * No node takes it, as the scheduler says.
   *
   * @param message such as {@code 0/3 nodes are available: 3 Insufficient memory.}
   */
  public Pod unschedulable(Pod pod, String message) {
    return write(
        pod,
        new PodStatusBuilder()
            .withPhase("Pending")
            .addToConditions(condition("PodScheduled", "False", "Unschedulable", message))
            .build());
  }

  /** A merge: controllers may write to the pod meanwhile. */
  private Pod write(Pod pod, PodStatus status) {
    return client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
  }

  /** The status of a pod whose containers were made. */
  private static PodStatusBuilder started(
      Pod pod, String ready, String reason, List<ContainerStatus> containers) {
    return new PodStatusBuilder()
        .withPhase("Running")
        .withStartTime(now())
        .withInitContainerStatuses(
            pod.getSpec().getInitContainers().stream().map(Kubelet::completed).toList())
        .withContainerStatuses(containers)
        .addToConditions(condition("PodScheduled", "True", "", ""))
        .addToConditions(condition("Initialized", "True", "", ""))
        .addToConditions(condition("ContainersReady", ready, reason, ""))
        .addToConditions(condition("Ready", ready, reason, ""));
  }

  private static PodCondition condition(String type, String status, String reason, String message) {
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason.isEmpty() ? null : reason)
        .withMessage(message.isEmpty() ? null : message)
        .withLastTransitionTime(now())
        .build();
  }

  private static Container first(Pod pod) {
    return pod.getSpec().getContainers().getFirst();
  }

  private static List<ContainerStatus> withFirst(Pod pod, ContainerStatus first) {
    List<Container> containers = pod.getSpec().getContainers();
    List<ContainerStatus> others = running(containers.subList(1, containers.size()));
    return Stream.concat(Stream.of(first), others.stream()).toList();
  }

  private static List<ContainerStatus> running(List<Container> containers) {
    return containers.stream().map(Kubelet::running).toList();
  }

  private static ContainerStatus running(Container container) {
    ContainerState running = new ContainerStateBuilder().withNewRunning(now()).build();
    return new ContainerStatusBuilder(status(container, running))
        .withReady(true)
        .withStarted(true)
        .build();
  }

  private static ContainerStatus completed(Container container) {
    ContainerState completed =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withReason("Completed")
            .withExitCode(0)
            .withFinishedAt(now())
            .endTerminated()
            .build();
    return new ContainerStatusBuilder(status(container, completed)).withReady(true).build();
  }

  private static ContainerState waiting(String reason, String message) {
    return new ContainerStateBuilder().withNewWaiting(message, reason).build();
  }

  private static ContainerStatus status(Container container, ContainerState state) {
    return new ContainerStatusBuilder()
        .withName(container.getName())
        .withImage(container.getImage())
        .withImageID("")
        .withReady(false)
        .withStarted(false)
        .withRestartCount(0)
        .withState(state)
        .build();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
