package dev.kubewsgi.operator.pods;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.operator.Manifests;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PodSourceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "persistentVolumeClaim: {claimName: code} | persistentVolumeClaim: the volume",
        "git: {repository: 'https://a.b/c', secretName: s} | git.secretName: the Secret"
      })
  void takesNothingOfANamespaceThatTheAliasIsNotOf(String source, String what) {
    PodSource foreign = source("web", "shop", source);
    assertEquals(
        Optional.of(
            "spec.source."
                + what
                + " would be taken from namespace edge, where the pods run, and the alias is of web;"
                + " use a process group of web, or another source"),
        foreign.trespass("edge"));
    assertEquals(
        new PodSources(List.of(), List.of(), List.of(), Collections.emptySortedMap()),
        brought("edge", foreign));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: {reference: a}",
        "git: {repository: 'https://a.b/c'}",
        "persistentVolumeClaim: {claimName: code}",
        "git: {repository: 'https://a.b/c', secretName: s}"
      })
  void bringsWhatIsOfItsOwnNamespace(String source) {
    PodSource own = source("web", "shop", source);
    assertEquals(Optional.empty(), own.trespass("web"));
    assertEquals(
        List.of("/srv/sources/web/shop"),
        brought("web", own).mounts().stream().map(VolumeMount::getMountPath).toList());
  }

  @Test
  void bringsImagesAndOpenRepositoriesOfOtherNamespaces() {
    assertEquals(Optional.empty(), source("web", "a", "image: {reference: a}").trespass("edge"));
    assertEquals(
        Optional.empty(),
        source("web", "a", "git: {repository: 'https://a.b/c'}").trespass("edge"));
  }

  @Test
  void mountsAClaimOnceForAllOfItsAliases() {
    PodSources pod =
        brought(
            "web",
            source("web", "a", "persistentVolumeClaim: {claimName: code, subPath: a}"),
            source("web", "b", "persistentVolumeClaim: {claimName: code, subPath: b}"));
    assertEquals(1, pod.volumes().size());
    assertEquals(List.of("a", "b"), pod.mounts().stream().map(VolumeMount::getSubPath).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ssh://git@a.b/c | ssh-privatekey, known_hosts",
        "https://a.b/c | username, password, ca.crt"
      })
  void givesAnAliasNoOtherKeysOfTheSecretThatItNames(String repository, String keys) {
    PodSources pod =
        brought(
            "web",
            source("web", "a", "git: {repository: '%s', secretName: mixed}".formatted(repository)));
    assertEquals(
        keys,
        pod.volumes().stream()
            .map(Volume::getProjected)
            .filter(Objects::nonNull)
            .flatMap(volume -> volume.getSources().stream())
            .map(VolumeProjection::getSecret)
            .flatMap(PodSourceTest::keys)
            .collect(joining(", ")));
  }

  private static Stream<String> keys(SecretProjection secret) {
    assertEquals("mixed", secret.getName());
    assertTrue(
        secret.getOptional(), "the kubelet would hold the pod, and say so in an event alone");
    return secret.getItems().stream().map(KeyToPath::getKey);
  }

  @Test
  void keepsWhatAManifestSaysOutOfTheScript() {
    String nasty = "$(TARGET);`id`";
    PodSources pod =
        brought(
            "web",
            source("web", "a", "git: {repository: 'https://a.b/c', path: '%s'}".formatted(nasty)));
    var container = pod.initContainers().getFirst();
    assertEquals(false, container.getCommand().toString().contains("id"), "in the command");
    assertEquals(
        List.of("$$(TARGET);`id`"),
        container.getEnv().stream()
            .filter(variable -> variable.getName().equals("DIRECTORY"))
            .map(variable -> variable.getValue())
            .toList());
  }

  @Test
  void copiesADirectoryWhateverItsNameSaysToKubernetes() {
    PodSources pod =
        brought("web", source("web", "a", "image: {reference: a, path: '/$(HOME)/-r'}"));
    assertEquals(
        List.of("cp", "-a", "/$$(HOME)/-r/.", "/kube-wsgi-source/files"),
        pod.initContainers().getFirst().getCommand());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "image: {reference: 'a:1'} | image: {reference: 'a:2'}",
        "image: {reference: a} | image: {reference: a, path: /srv}",
        "git: {repository: 'https://a.b/c'} | git: {repository: 'https://a.b/c', revision: v2}",
        "git: {repository: 'https://a.b/c'} | git: {repository: 'https://a.b/c', path: src}",
        "persistentVolumeClaim: {claimName: a} | persistentVolumeClaim: {claimName: b}",
        "persistentVolumeClaim: {claimName: a} | persistentVolumeClaim: {claimName: a, subPath: b}",
        "image: {reference: a} | persistentVolumeClaim: {claimName: a}"
      })
  void isNotWhatAPodOfAnEarlierSourceBrings(String earlier, String later) {
    Pod pod = pod(source("web", "shop", earlier), source("web", "blog", later));
    assertTrue(source("web", "shop", earlier).isBroughtBy().test(pod));
    assertTrue(source("web", "blog", later).isBroughtBy().test(pod));
    assertFalse(source("web", "shop", later).isBroughtBy().test(pod));
    assertFalse(source("web", "news", later).isBroughtBy().test(pod));
    assertFalse(source("web", "news", later).isBroughtBy().test(pod()));
  }

  private static Pod pod(PodSource... sources) {
    return new PodBuilder()
        .withNewMetadata()
        .withAnnotations(brought("web", sources).annotations())
        .endMetadata()
        .build();
  }

  @Test
  void isNotForWhatTravelsInDocuments() {
    assertThrows(IllegalArgumentException.class, () -> source("web", "a", "inline: {a.py: ''}"));
  }

  private static PodSources brought(String namespace, PodSource... sources) {
    return PodSources.of(List.of(sources), namespace, "git", new ResourceRequirements());
  }

  private static PodSource source(String namespace, String alias, String source) {
    AliasSource parsed =
        Manifests.alias(alias, "script: wsgi.py\nsource: {" + source + "}").getSpec().source();
    return new PodSource(namespace, alias, parsed);
  }
}
