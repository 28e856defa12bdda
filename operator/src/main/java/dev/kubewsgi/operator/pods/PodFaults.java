package dev.kubewsgi.operator.pods;

import dev.kubewsgi.operator.pods.PodFault.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds in the statuses of pods the one cause that is worth lifting up to the owner's conditions.
 * The same pods give the same answer, whatever their order.
 */
public final class PodFaults {

  private static final Set<String> IMAGE_REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ErrRegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed");

  private static final Set<String> CONFIG_REASONS =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8,
          "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

  private PodFaults() {}

  /** The first fault in the order of {@link Reason}, of the first pod by name. */
  public static Optional<PodFault> of(List<Pod> pods) {
    return pods.stream()
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .flatMap(pod -> faults(pod, pods))
        .min(Comparator.comparing(PodFault::reason));
  }

  private static Stream<PodFault> faults(Pod pod, List<Pod> all) {
    if (pod.getStatus() == null) {
      return Stream.empty();
    }
    if ("Failed".equals(pod.getStatus().getPhase())) {
      return evicted(pod, all);
    }
    return Stream.of(
            unschedulable(pod),
            pod.getStatus().getInitContainerStatuses().stream()
                .flatMap(status -> initContainer(pod, status)),
            pod.getStatus().getContainerStatuses().stream()
                .flatMap(status -> container(pod, status)))
        .flatMap(found -> found);
  }

  /** The remains of an eviction stay long after another pod has taken the place. */
  private static Stream<PodFault> evicted(Pod pod, List<Pod> all) {
    boolean replaced =
        all.stream().anyMatch(PodFaults::isLiving)
            && all.stream().filter(PodFaults::isLiving).allMatch(PodFaults::isReady);
    if (replaced || !"Evicted".equals(pod.getStatus().getReason())) {
      return Stream.empty();
    }
    return Stream.of(
        new PodFault(
            Reason.Evicted,
            "pod %s was evicted: %s Write requests that cover what it uses, or make room on the node."
                .formatted(name(pod), sentence(pod.getStatus().getMessage()))));
  }

  /** Whether it is not the remains of one: those stay long after another has taken the place. */
  public static boolean isLiving(Pod pod) {
    return pod.getStatus() == null || !"Failed".equals(pod.getStatus().getPhase());
  }

  /** Whether it takes requests, as its node sees it. */
  public static boolean isReady(Pod pod) {
    return pod.getStatus() != null && condition(pod, "Ready", "True").isPresent();
  }

  private static Stream<PodFault> unschedulable(Pod pod) {
    return condition(pod, "PodScheduled", "False").stream()
        .map(
            condition ->
                new PodFault(
                    Reason.Unschedulable,
                    "no node takes pod %s: %s Ask for less in resources, add nodes, or create or change what the scheduler names."
                        .formatted(name(pod), sentence(condition.getMessage()))));
  }

  private static Optional<PodCondition> condition(Pod pod, String type, String status) {
    return pod.getStatus().getConditions().stream()
        .filter(each -> each.getType().equals(type) && each.getStatus().equals(status))
        .findFirst();
  }

  private static Stream<PodFault> initContainer(Pod pod, ContainerStatus status) {
    return Stream.concat(
        waiting(pod, status),
        failure(status).stream()
            .map(
                end ->
                    isOutOfMemory(end)
                        ? outOfMemory(pod, status)
                        : new PodFault(
                            Reason.InitFailed,
                            "init container %s of pod %s %s Correct what it was to bring."
                                .formatted(status.getName(), name(pod), ended(end)))));
  }

  private static Stream<PodFault> container(Pod pod, ContainerStatus status) {
    return Stream.concat(
        waiting(pod, status),
        failure(status).stream()
            .map(
                end ->
                    isOutOfMemory(end)
                        ? outOfMemory(pod, status)
                        : new PodFault(
                            Reason.CrashLoop,
                            "container %s of pod %s %s See kubectl logs --previous -n %s %s -c %s."
                                .formatted(
                                    status.getName(),
                                    name(pod),
                                    ended(end),
                                    pod.getMetadata().getNamespace(),
                                    name(pod),
                                    status.getName()))));
  }

  private static Stream<PodFault> waiting(Pod pod, ContainerStatus status) {
    return Optional.ofNullable(status.getState()).map(ContainerState::getWaiting).stream()
        .flatMap(waiting -> waiting(pod, status, waiting));
  }

  private static Stream<PodFault> waiting(
      Pod pod, ContainerStatus status, ContainerStateWaiting waiting) {
    String reason = Optional.ofNullable(waiting.getReason()).orElse("");
    if (IMAGE_REASONS.contains(reason)) {
      return Stream.of(
          new PodFault(
              Reason.ImagePullFailed,
              "container %s of pod %s has no image %s: %s Write an image that exists, and imagePullSecrets if its registry wants a password."
                  .formatted(
                      status.getName(), name(pod), status.getImage(), words(waiting, reason))));
    }
    if (CONFIG_REASONS.contains(reason)) {
      return Stream.of(
          new PodFault(
              Reason.CreateContainerConfigError,
              "container %s of pod %s cannot be made: %s Create what is missing, or take it out of the spec."
                  .formatted(status.getName(), name(pod), words(waiting, reason))));
    }
    return Stream.empty();
  }

  private static String words(ContainerStateWaiting waiting, String reason) {
    return sentence(Optional.ofNullable(waiting.getMessage()).orElse(reason));
  }

  /** How the container ended last, if not well, and unless it has come up again since. */
  private static Optional<ContainerStateTerminated> failure(ContainerStatus status) {
    if (Boolean.TRUE.equals(status.getReady())) {
      return Optional.empty();
    }
    return Stream.of(status.getState(), status.getLastState())
        .flatMap(Stream::ofNullable)
        .map(ContainerState::getTerminated)
        .flatMap(Stream::ofNullable)
        .findFirst()
        .filter(end -> end.getExitCode() != 0 || isBackingOff(status));
  }

  /** Whatever it exited with, something that should run does not. */
  private static boolean isBackingOff(ContainerStatus status) {
    return Optional.ofNullable(status.getState())
        .map(ContainerState::getWaiting)
        .map(ContainerStateWaiting::getReason)
        .filter("CrashLoopBackOff"::equals)
        .isPresent();
  }

  private static boolean isOutOfMemory(ContainerStateTerminated end) {
    return "OOMKilled".equals(end.getReason());
  }

  private static PodFault outOfMemory(Pod pod, ContainerStatus status) {
    String limit =
        Stream.concat(
                pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
            .filter(container -> container.getName().equals(status.getName()))
            .map(PodFaults::memoryLimit)
            .flatMap(Optional::stream)
            .findFirst()
            .map(" its limit is %s;"::formatted)
            .orElse(" it has no limit, so the node itself was short;");
    return new PodFault(
        Reason.OOMKilled,
        "container %s of pod %s took more memory than it may:%s write more in resources.limits.memory, or fewer processes and threads."
            .formatted(status.getName(), name(pod), limit));
  }

  private static Optional<String> memoryLimit(Container container) {
    return Optional.ofNullable(container.getResources())
        .map(resources -> resources.getLimits())
        .map(limits -> limits.get("memory"))
        .map(Object::toString);
  }

  /** How it ended, and its last word: of a Python traceback that is the line that says what. */
  private static String ended(ContainerStateTerminated end) {
    int code = end.getExitCode();
    String how =
        code > 128 && SIGNALS.containsKey(code - 128)
            ? "was ended by " + SIGNALS.get(code - 128)
            : "exited with " + code;
    return Optional.ofNullable(end.getMessage())
        .flatMap(PodFaults::lastLine)
        .map(line -> how + ": " + sentence(line))
        .orElse(how + ".");
  }

  private static Optional<String> lastLine(String message) {
    return message.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce((a, b) -> b);
  }

  private static String sentence(String words) {
    String text = words == null ? "for no reason given" : words.strip();
    return text.endsWith(".") ? text : text + ".";
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }
}
