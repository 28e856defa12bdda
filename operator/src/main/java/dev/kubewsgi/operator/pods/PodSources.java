package dev.kubewsgi.operator.pods;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Brings the files of aliases into a pod: an init container copies or checks out each image and
 * repository into a directory of the pod, volumes are mounted; the main container sees all of them
 * read-only below {@code /srv/sources}.
 *
 * @param initContainers one for each image and repository
 * @param volumes what they write to and take credentials from, and claims
 * @param mounts of the main container
 * @param annotations which tell the pods that bring the newest files from those of earlier ones
 */
public record PodSources(
    List<Container> initContainers,
    List<Volume> volumes,
    List<VolumeMount> mounts,
    SortedMap<String, String> annotations) {

  /** Apart from whatever directory of an image is copied. */
  private static final String TARGET = "/kube-wsgi-source";

  /**
   * Made by the init container below its volume's root, which belongs to root: neither cp nor Git
   * works as somebody else in a directory whose times they cannot set, or do not own.
   */
  private static final String FILES = "files";

  private static final String CREDENTIALS = "/kube-wsgi-credentials";

  private static final String CHECKOUT = read("checkout.sh");

  /**
   * What a pod needs for the sources.
   *
   * @param sources those that {@linkplain PodSource#trespass trespass} are left out
   * @param namespace of the pod
   * @param gitImage with sh, git and ssh in it, and a name for the user 65532
   * @param resources of the main container: a namespace with a quota wants some of every container,
   *     and the same cost a pod nothing, because init containers run before it
   */
  public static PodSources of(
      List<PodSource> sources, String namespace, String gitImage, ResourceRequirements resources) {
    var pod = new Assembly(gitImage, resources);
    sources.stream()
        .filter(source -> source.trespass(namespace).isEmpty())
        .sorted()
        .forEach(pod::add);
    return new PodSources(
        pod.initContainers, List.copyOf(pod.volumes.values()), pod.mounts, pod.annotations);
  }

  /** A template that says what its pods bring, whatever else was made of it before. */
  public PodTemplateSpec annotate(PodTemplateSpec template) {
    return new PodTemplateSpecBuilder(template)
        .editOrNewMetadata()
        .addToAnnotations(annotations)
        .endMetadata()
        .build();
  }

  private static String read(String resource) {
    try (var script = PodSources.class.getResourceAsStream(resource)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A pod to which one source after the other is added. */
  private static final class Assembly {

    private final String gitImage;
    private final ResourceRequirements resources;
    private final List<Container> initContainers = new ArrayList<>();
    private final Map<String, Volume> volumes = new LinkedHashMap<>();
    private final List<VolumeMount> mounts = new ArrayList<>();
    private final SortedMap<String, String> annotations = new TreeMap<>();

    Assembly(String gitImage, ResourceRequirements resources) {
      this.gitImage = gitImage;
      this.resources = resources;
    }

    void add(PodSource source) {
      annotations.put(source.annotation().getKey(), source.annotation().getValue());
      AliasSource of = source.source();
      if (of.image() != null) {
        image(source, of.image());
      } else if (of.git() != null) {
        git(source, of.git());
      } else {
        claim(source, of.persistentVolumeClaim());
      }
    }

    private void image(PodSource source, AliasSource.Image image) {
      String name = source.uniqueName("source");
      add(Volumes.empty(name));
      mounts.add(mount(name, source, FILES));
      initContainers.add(
          container(name, image.reference())
              .withImagePullPolicy(
                  Optional.ofNullable(image.pullPolicy()).map(Enum::name).orElse(null))
              .withCommand("cp", "-a", Verbatim.of(image.path()) + "/.", TARGET + "/" + FILES)
              .build());
    }

    private void git(PodSource source, AliasSource.Git git) {
      String name = source.uniqueName("source");
      Optional<String> secret = Optional.ofNullable(git.secretName());
      String directory = Optional.ofNullable(git.path()).orElse("");
      add(Volumes.empty(name));
      mounts.add(mount(name, source, directory.isEmpty() ? FILES : FILES + "/" + directory));
      var container =
          container(name, gitImage)
              .withCommand("sh", "-c", Verbatim.of(CHECKOUT))
              .withEnv(
                  variable("REPOSITORY", git.repository()),
                  variable("REVISION", git.revision()),
                  variable("DIRECTORY", directory),
                  variable("CREDENTIALS", secret.isPresent() ? CREDENTIALS : ""),
                  variable("SECRET", secret.orElse("")),
                  variable("TARGET", TARGET + "/" + FILES))
              // ssh refuses a user without a name, and this one has it, whoever the group runs as.
              .withSecurityContext(
                  new SecurityContextBuilder(Restrictions.container())
                      .withRunAsUser(Restrictions.NONROOT)
                      .withRunAsGroup(Restrictions.NONROOT)
                      .build());
      secret.ifPresent(
          secretName -> {
            String credentials = source.uniqueName("credentials");
            add(credentials(credentials, secretName, git.repository()));
            container.addToVolumeMounts(Volumes.readOnly(credentials, CREDENTIALS));
          });
      initContainers.add(container.build());
    }

    /** Two aliases of one claim share its volume. */
    private void claim(PodSource source, AliasSource.Volume claim) {
      String name = UniqueName.of("claim", claim.claimName());
      add(
          new VolumeBuilder()
              .withName(name)
              .withNewPersistentVolumeClaim(claim.claimName(), true)
              .build());
      mounts.add(mount(name, source, claim.subPath()));
    }

    private ContainerBuilder container(String name, String image) {
      return new ContainerBuilder()
          .withName(name)
          .withImage(image)
          .withResources(resources)
          .withSecurityContext(Restrictions.container())
          .withTerminationMessagePolicy("FallbackToLogsOnError")
          .withVolumeMounts(Volumes.mount(name, TARGET));
    }

    private void add(Volume volume) {
      volumes.put(volume.getName(), volume);
    }
  }

  private static VolumeMount mount(String volume, PodSource source, String subPath) {
    return new VolumeMountBuilder(Volumes.readOnly(volume, source.directory()))
        .withSubPath(subPath)
        .build();
  }

  /**
   * Only the keys of the protocol, so that an alias gets nothing else of a Secret that it names.
   * Optional, for a pod that waits for a Secret says so in its events alone: the script says what
   * it misses, and is tried again.
   */
  private static Volume credentials(String name, String secret, String repository) {
    return Volumes.projected(
        name,
        List.of(
            repository.startsWith("https://")
                ? keys(secret, "username", "password", "ca.crt")
                : keys(secret, "ssh-privatekey", "known_hosts")));
  }

  private static VolumeProjection keys(String secret, String... keys) {
    return new VolumeProjectionBuilder()
        .withNewSecret()
        .withName(secret)
        .withOptional(true)
        .addAllToItems(Stream.of(keys).map(key -> new KeyToPath(key, null, key)).toList())
        .endSecret()
        .build();
  }

  private static EnvVar variable(String name, String value) {
    return new EnvVar(name, Verbatim.of(value), null);
  }
}
