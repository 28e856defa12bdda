package dev.kubewsgi.operator.daemongroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupStatus;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.apply.Failure;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.operator.world.GroupPart;
import dev.kubewsgi.operator.world.GroupView;
import dev.kubewsgi.operator.world.Version;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DaemonGroupStatusesTest {

  private static final List<Failure> WRITTEN = List.of();
  private static final List<Failure> UNWRITTEN =
      List.of(new Failure(Failure.Cause.NotOwned, "Service site1-group", "it is somebody else's"));
  private static final Optional<PodFault> NO_FAULT = Optional.empty();
  private static final Optional<PodFault> FAULT =
      Optional.of(new PodFault(PodFault.Reason.CrashLoop, "it crashes."));

  private static DaemonGroupStatus status(
      String spec,
      List<Failure> failures,
      Optional<PodFault> fault,
      Optional<Deployment> deployment,
      Optional<String> difference) {
    DaemonGroup group = Manifests.group(spec);
    group.getMetadata().setGeneration(4L);
    var part =
        new GroupPart(new Version("uid", 4), null, Collections.emptySortedSet(), List.of(), 3);
    return DaemonGroupStatuses.of(
        group,
        Optional.empty(),
        new GroupView(part, fault, difference),
        failures,
        deployment,
        Instant.EPOCH);
  }

  private static Optional<Deployment> deployment(int ready, int pods) {
    return Optional.of(
        new DeploymentBuilder()
            .withNewMetadata()
            .withGeneration(1L)
            .endMetadata()
            .withNewStatus()
            .withObservedGeneration(1L)
            .withReplicas(pods)
            .withReadyReplicas(ready)
            .withUpdatedReplicas(pods)
            .endStatus()
            .build());
  }

  static Stream<Arguments> conditions() {
    String two = "{replicas: 2}";
    String wrong = "{podTemplate: {spec: {containers: [{name: workers, command: [x]}]}}}";
    return Stream.of(
        Arguments.of(
            two, WRITTEN, NO_FAULT, deployment(2, 2), "T:Accepted T:Programmed T:Ready 2/2"),
        Arguments.of(
            two, WRITTEN, NO_FAULT, Optional.empty(), "T:Accepted T:Programmed F:PodsStarting 0/2"),
        Arguments.of(
            two, WRITTEN, NO_FAULT, deployment(1, 2), "T:Accepted T:Programmed F:RollingOut 1/2"),
        Arguments.of(
            two, WRITTEN, FAULT, deployment(1, 2), "T:Accepted T:Programmed F:CrashLoop 1/2"),
        Arguments.of(
            "{replicas: 0}",
            WRITTEN,
            NO_FAULT,
            deployment(0, 0),
            "T:Accepted T:Programmed T:ScaledToZero 0/0"),
        Arguments.of(
            two, UNWRITTEN, NO_FAULT, deployment(2, 2), "T:Accepted F:NotOwned F:NotOwned 2/2"),
        Arguments.of(
            wrong,
            WRITTEN,
            NO_FAULT,
            deployment(1, 1),
            "F:InvalidSpec T:Programmed F:InvalidSpec 1/1"));
  }

  @ParameterizedTest(name = "{4}")
  @MethodSource
  void conditions(
      String spec,
      List<Failure> failures,
      Optional<PodFault> fault,
      Optional<Deployment> deployment,
      String summary) {
    DaemonGroupStatus status = status(spec, failures, fault, deployment, Optional.empty());
    String conditions =
        status.conditions().stream()
            .map(each -> each.getStatus().charAt(0) + ":" + each.getReason())
            .collect(Collectors.joining(" "));
    assertEquals(summary, conditions + " " + status.ready());
    assertEquals(4, status.observedGeneration());
    assertEquals(3, status.aliases());
  }

  @Test
  void serviceThatIsNotReadySaysWhereToRead() {
    String spec = "{threads: 0, preload: [{module: jobs}]}";
    assertTrue(ready(spec, 0).contains("kubectl logs deployment/site1-group"), ready(spec, 0));
    assertFalse(ready(spec, 1).contains("kubectl logs"), ready(spec, 1));
    assertFalse(ready("{}", 0).contains("kubectl logs"), ready("{}", 0));
  }

  private static String ready(String spec, int pods) {
    return status(spec, WRITTEN, NO_FAULT, deployment(pods, 1), Optional.empty())
        .conditions()
        .getLast()
        .getMessage();
  }

  @Test
  void whoseDefinitionDiffersSaysSoAndIsAllElseThatItWas() {
    var same = status("{}", WRITTEN, NO_FAULT, deployment(1, 1), Optional.empty()).conditions();
    var other =
        status("{}", WRITTEN, NO_FAULT, deployment(1, 1), Optional.of("it lacks a field"))
            .conditions();
    assertEquals(same, other.subList(0, same.size()));
    assertEquals("UnsupportedVersion", other.getLast().getReason());
  }

  @Test
  void theScaleSubresourceGetsWhatAnAutoscalerNeeds() {
    DaemonGroupStatus status =
        status("{replicas: 2}", WRITTEN, NO_FAULT, deployment(1, 3), Optional.empty());
    assertEquals(3, status.replicas());
    assertEquals(1, status.readyReplicas());
    assertEquals(
        "app.kubernetes.io/component=group,app.kubernetes.io/instance=site1,"
            + "app.kubernetes.io/managed-by=kube-wsgi",
        status.selector());
  }
}
