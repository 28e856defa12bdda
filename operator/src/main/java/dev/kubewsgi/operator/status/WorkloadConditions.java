package dev.kubewsgi.operator.status;

import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The conditions of what has pods: a DaemonGroup or a WsgiGateway. */
public final class WorkloadConditions {

  private final Conditions conditions;

  public WorkloadConditions(Conditions conditions) {
    this.conditions = conditions;
  }

  /**
   * Accepted, unless something in the spec cannot be applied.
   *
   * @param findings field and cure each
   */
  public void markAccepted(List<String> findings) {
    if (findings.isEmpty()) {
      conditions.markTrue(ConditionType.Accepted, Reason.Accepted, "the spec can be applied");
    } else {
      String message = String.join("; ", findings) + "; what runs stays as it was";
      conditions.markFalse(ConditionType.Accepted, Reason.InvalidSpec, message);
    }
  }

  /**
   * ResolvedRefs, unless pods miss a certificate.
   *
   * @param listeners that are not open, by name
   */
  public void markResolved(SortedMap<String, Trouble> listeners) {
    if (listeners.isEmpty()) {
      conditions.markTrue(
          ConditionType.ResolvedRefs, Reason.ResolvedRefs, "pods miss nothing that is named");
    } else {
      String message =
          listeners.entrySet().stream()
              .map(WorkloadConditions::closed)
              .collect(Collectors.joining("; "));
      conditions.markFalse(ConditionType.ResolvedRefs, Reason.CertificateNotFound, message);
    }
  }

  private static String closed(Map.Entry<String, Trouble> listener) {
    return "listener " + listener.getKey() + " is not open: " + listener.getValue().message();
  }

  /** Programmed, unless something could not be written. */
  public void markProgrammed(List<Failure> failures) {
    if (failures.isEmpty()) {
      conditions.markTrue(
          ConditionType.Programmed, Reason.Programmed, "everything that it consists of is written");
    } else {
      conditions.markFalse(
          ConditionType.Programmed, Reason.of(worst(failures).cause()), Failure.describe(failures));
    }
  }

  /** The first that somebody has to do something about. */
  private static Failure worst(List<Failure> failures) {
    return failures.stream()
        .filter(failure -> !failure.isPassing())
        .findFirst()
        .orElseGet(failures::getFirst);
  }

  /**
   * Ready, if all pods are, of the newest template, and nothing else is wrong.
   *
   * @param advice where to look for why pods without a fault are not ready; empty: nowhere
   */
  public void markReady(Rollout rollout, Optional<PodFault> fault, Optional<String> advice) {
    if (conditions.markFalseForCause(ConditionType.Ready)) {
      return;
    }
    if (rollout.isComplete()) {
      markComplete(rollout);
    } else if (fault.isPresent()) {
      conditions.markFalse(
          ConditionType.Ready,
          Reason.of(fault.get().reason()),
          fault.get().message() + served(rollout));
    } else if (rollout.refusal().isPresent()) {
      conditions.markFalse(
          ConditionType.Ready,
          Reason.PodsRefused,
          "the API server takes no more pods: "
              + rollout.refusal().get()
              + "; "
              + progress(rollout));
    } else {
      Reason reason = rollout.ready() > 0 ? Reason.RollingOut : Reason.PodsStarting;
      conditions.markFalse(
          ConditionType.Ready,
          reason,
          progress(rollout) + advice.map(words -> "; " + words).orElse(""));
    }
  }

  private void markComplete(Rollout rollout) {
    if (rollout.wanted() == 0) {
      conditions.markTrue(
          ConditionType.Ready, Reason.ScaledToZero, "no pods are wanted: spec.replicas is 0");
    } else {
      conditions.markTrue(
          ConditionType.Ready, Reason.Ready, rollout.ready() + " pods are ready, as wanted");
    }
  }

  private static String served(Rollout rollout) {
    return rollout.ready() > 0 ? " " + progress(rollout) + "." : "";
  }

  private static String progress(Rollout rollout) {
    return rollout.ready()
        + " of "
        + rollout.wanted()
        + " pods are ready, "
        + rollout.current()
        + " are of the newest template";
  }

  /** All that were marked. */
  public List<Condition> list() {
    return conditions.list();
  }
}
