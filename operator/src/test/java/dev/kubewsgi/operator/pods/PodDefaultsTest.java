package dev.kubewsgi.operator.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.operator.Samples;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodDefaultsTest {

  @ParameterizedTest
  @CsvSource({
    "site, Always",
    "site:latest, Always",
    "site:1.4, IfNotPresent",
    "registry.example.com:5000/team/site, Always",
    "registry.example.com:5000/team/site:1.4, IfNotPresent",
    "site@sha256:0123, IfNotPresent",
    "site:latest@sha256:0123, IfNotPresent"
  })
  void pullsAlwaysWhatMayHaveMoved(String image, String policy) {
    var template = template(new ContainerBuilder().withName("one").withImage(image));
    assertEquals(
        policy,
        PodDefaults.complete(template).getSpec().getContainers().getFirst().getImagePullPolicy());
  }

  @Test
  void keepsWhatIsWritten() {
    PodTemplateSpec template =
        template(
            new ContainerBuilder()
                .withName("one")
                .withImage("site")
                .withImagePullPolicy("Never")
                .withTerminationMessagePath("/message")
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .addNewPort()
                .withContainerPort(53)
                .withProtocol("UDP")
                .endPort()
                .withNewReadinessProbe()
                .withTimeoutSeconds(7)
                .withPeriodSeconds(7)
                .withSuccessThreshold(7)
                .withFailureThreshold(7)
                .endReadinessProbe());
    assertEquals(
        template.getSpec().getContainers(),
        PodDefaults.complete(template).getSpec().getContainers());
  }

  @Test
  void hasNothingToAddToWhatIsComplete() {
    PodTemplateSpec complete =
        Samples.deployment(Samples.group("{resources: {limits: {memory: 1024Mi}}}"))
            .getSpec()
            .getTemplate();
    assertEquals(complete, PodDefaults.complete(complete));
  }

  private static PodTemplateSpec template(ContainerBuilder container) {
    return new PodTemplateSpecBuilder()
        .withNewSpec()
        .withContainers(container.build())
        .endSpec()
        .build();
  }
}
