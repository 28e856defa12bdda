package dev.kubewsgi.operator.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.pods.PodFault;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadConditionsTest {

  private static final Optional<PodFault> FAULT =
      Optional.of(new PodFault(PodFault.Reason.CrashLoop, "it crashes."));

  @ParameterizedTest
  @CsvSource({
    // wanted, pods, ready, current, whether a pod has a fault, status, reason
    "2, 2, 2, 2, false, True, Ready",
    "2, 2, 2, 2, true, True, Ready",
    "2, 2, 1, 2, false, False, RollingOut",
    "2, 3, 2, 1, false, False, RollingOut",
    "2, 3, 2, 1, true, False, CrashLoop",
    "2, 3, 3, 2, false, False, RollingOut",
    "2, 0, 0, 0, false, False, PodsStarting",
    "2, 2, 0, 2, true, False, CrashLoop",
    "0, 0, 0, 0, false, True, ScaledToZero",
    "0, 1, 1, 0, false, False, RollingOut",
  })
  void readinessIsThatOfThePods(
      int wanted, int pods, int ready, int current, boolean fault, String status, String reason) {
    var conditions = conditions();
    conditions.markAccepted(List.of());
    conditions.markProgrammed(List.of());
    conditions.markReady(
        new Rollout(wanted, pods, ready, current, Optional.empty()),
        fault ? FAULT : Optional.empty(),
        Optional.empty());
    assertEquals(status, ready(conditions).getStatus());
    assertEquals(reason, ready(conditions).getReason());
  }

  @Test
  void whatIsWrongFirstIsWhyItIsNotReady() {
    var conditions = conditions();
    conditions.markAccepted(List.of("spec.podTemplate.kind: leave it out"));
    conditions.markProgrammed(
        List.of(new Failure(Failure.Cause.NotOwned, "Service x", "it is somebody else's")));
    conditions.markReady(
        new Rollout(1, 1, 1, 1, Optional.empty()), Optional.empty(), Optional.empty());
    assertEquals("False", ready(conditions).getStatus());
    assertEquals("InvalidSpec", ready(conditions).getReason());
    assertEquals("False", find(conditions, ConditionType.Programmed).getStatus());
    assertEquals(
        "Service x: it is somebody else's",
        find(conditions, ConditionType.Programmed).getMessage());
  }

  @Test
  void ofSeveralFailuresTheReasonIsThatOfTheFirstThatDoesNotPass() {
    var conditions = conditions();
    conditions.markProgrammed(
        List.of(
            new Failure(Failure.Cause.Delayed, "Service x", "the server has other worries"),
            new Failure(Failure.Cause.NotOwned, "Role x", "it is somebody else's")));
    assertEquals("NotOwned", find(conditions, ConditionType.Programmed).getReason());
  }

  @Test
  void anEditThatTheDeploymentHasNotSeenIsNotRolledOut() {
    assertEquals(
        new Rollout(1, 1, 1, 0, Optional.empty()), Rollout.of(Optional.of(deployment(2, 1)), 1));
    assertEquals(
        new Rollout(1, 1, 1, 1, Optional.empty()), Rollout.of(Optional.of(deployment(2, 2)), 1));
    assertEquals(new Rollout(1, 0, 0, 0, Optional.empty()), Rollout.of(Optional.empty(), 1));
  }

  @Test
  void podsThatTheApiServerDoesNotTakeAreSaidInItsWords() {
    Deployment refused =
        new DeploymentBuilder(deployment(2, 2))
            .editStatus()
            .withReplicas(0)
            .withReadyReplicas(0)
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus("True")
            .withMessage("pods x is forbidden: exceeded quota")
            .endCondition()
            .endStatus()
            .build();
    var conditions = conditions();
    conditions.markReady(Rollout.of(Optional.of(refused), 2), Optional.empty(), Optional.empty());
    assertEquals("PodsRefused", ready(conditions).getReason());
    assertEquals(
        "the API server takes no more pods: pods x is forbidden: exceeded quota;"
            + " 0 of 2 pods are ready, 1 are of the newest template",
        ready(conditions).getMessage());
  }

  private static Deployment deployment(long generation, long observed) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withGeneration(generation)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(observed)
        .withReplicas(1)
        .withReadyReplicas(1)
        .withUpdatedReplicas(1)
        .endStatus()
        .build();
  }

  private static WorkloadConditions conditions() {
    return new WorkloadConditions(new Conditions(List.of(), 1, Instant.EPOCH));
  }

  private static Condition ready(WorkloadConditions conditions) {
    return find(conditions, ConditionType.Ready);
  }

  private static Condition find(WorkloadConditions conditions, ConditionType type) {
    return Conditions.find(conditions.list(), type).orElseThrow();
  }
}
