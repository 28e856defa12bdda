package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.operator.Manifests;
import dev.kubewsgi.operator.Samples;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pod passes Pod Security restricted, and a little more. */
final class PodSecurityTest {

  private static final PodSource[] SOURCES = {
    source("image", "image: {reference: registry.example.com/code:1}"),
    source("git", "git: {repository: 'https://git.example.com/a.git', secretName: git}"),
    source("claim", "persistentVolumeClaim: {claimName: code}")
  };

  static Stream<List<HasMetadata>> everyPod() {
    return Stream.of(
        Samples.group("{}"),
        Samples.group("{securityContext: {runAsUser: 1000, runAsGroup: 1000}}", SOURCES),
        Samples.gateway("listeners: [{name: http, port: 8080}]"),
        Samples.gateway(
            """
            listeners: [{name: http, port: 80}, {name: https, port: 443, tls: {secretName: www}}]
            embedded: {enabled: true}
            """,
            SOURCES));
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void violatesNothing(List<HasMetadata> objects) {
    assertEquals(List.of(), RestrictedProfile.violations(pod(objects)));
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void cannotWriteToItsImages(List<HasMetadata> objects) {
    containers(pod(objects))
        .forEach(
            container ->
                assertTrue(
                    container.getSecurityContext().getReadOnlyRootFilesystem(),
                    container.getName()));
  }

  @Test
  void groupsHoldNoToken() {
    assertEquals(false, pod(Samples.group("{}")).getAutomountServiceAccountToken());
  }

  @Test
  void theCheckerSeesWhatIsNotRestricted() {
    PodSpec open =
        new PodSpecBuilder()
            .withHostNetwork(true)
            .withContainers(
                new ContainerBuilder()
                    .withName("open")
                    .withNewSecurityContext()
                    .withPrivileged(true)
                    .withRunAsUser(0L)
                    .endSecurityContext()
                    .build())
            .addNewVolume()
            .withName("host")
            .withNewHostPath("/", "")
            .endVolume()
            .build();
    assertEquals(
        List.of(
            "shares a namespace of the host",
            "volume host is of a kind that is not allowed",
            "container open allows privilege escalation",
            "container open is privileged",
            "container open may run as root",
            "container open runs as root",
            "container open keeps capabilities",
            "container open has no seccomp profile"),
        RestrictedProfile.violations(open));
  }

  private static PodSpec pod(List<HasMetadata> objects) {
    return Samples.deployment(objects).getSpec().getTemplate().getSpec();
  }

  private static List<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()).toList();
  }

  private static PodSource source(String alias, String source) {
    AliasSource parsed =
        Manifests.alias(alias, "script: wsgi.py\nsource: {" + source + "}").getSpec().source();
    return new PodSource("web", alias, parsed);
  }
}
