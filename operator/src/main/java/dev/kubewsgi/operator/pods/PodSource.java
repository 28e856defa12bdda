package dev.kubewsgi.operator.pods;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files of an alias that its pods have to bring: an image, a Git repository or a volume.
 *
 * @param namespace of the alias
 * @param alias its name
 * @param source neither inline nor a ConfigMap, which travel in documents
 */
public record PodSource(String namespace, String alias, AliasSource source)
    implements Comparable<PodSource> {

  public PodSource {
    if (source.inline() != null || source.configMap() != null) {
      throw new IllegalArgumentException(
          "the files of " + namespace + "/" + alias + " travel in documents, not in pods");
    }
  }

  /** Where the files are in the pod; {@code script} and the paths of {@code python} are below. */
  public String directory() {
    return "/srv/sources/" + namespace + "/" + alias;
  }

  /** A name for what brings the files, which nothing else in the pod has. */
  String uniqueName(String prefix) {
    return UniqueName.of(prefix, namespace + "/" + alias);
  }

  /** The annotation by which a pod says which files it brings. */
  Map.Entry<String, String> annotation() {
    return Map.entry(Names.ANNOTATIONS + uniqueName("source"), origin());
  }

  /** Whether a pod is of a template that brings these files, and not those of an earlier source. */
  public Predicate<Pod> isBroughtBy() {
    Map.Entry<String, String> own = annotation();
    return pod -> {
      Map<String, String> annotations = pod.getMetadata().getAnnotations();
      return annotations != null && own.getValue().equals(annotations.get(own.getKey()));
    };
  }

  /** Where the files come from, on one line. */
  private String origin() {
    if (source.image() != null) {
      return words("image", source.image().reference(), source.image().path());
    }
    if (source.git() != null) {
      return words("git", source.git().repository(), source.git().revision(), source.git().path());
    }
    AliasSource.Volume claim = source.persistentVolumeClaim();
    return words("persistentVolumeClaim", claim.claimName(), claim.subPath());
  }

  private static String words(String... words) {
    return Stream.of(words).flatMap(Stream::ofNullable).collect(Collectors.joining(" "));
  }

  /**
   * What of somebody else's namespace the source would use: pods can only mount Secrets and claims
   * of their own one, and who writes an alias in another must not choose among those. Such a source
   * is never brought.
   *
   * @param podNamespace of the group or gateway
   * @return the field and what to write instead; empty: nothing
   */
  public Optional<String> trespass(String podNamespace) {
    if (namespace.equals(podNamespace)) {
      return Optional.empty();
    }
    if (source.persistentVolumeClaim() != null) {
      return Optional.of(trespass("persistentVolumeClaim", "the volume", podNamespace));
    }
    return Optional.ofNullable(source.git())
        .map(AliasSource.Git::secretName)
        .map(_ -> trespass("git.secretName", "the Secret", podNamespace));
  }

  private String trespass(String field, String what, String podNamespace) {
    return "spec.source.%s: %s would be taken from namespace %s, where the pods run, and the alias is of %s; use a process group of %s, or another source"
        .formatted(field, what, podNamespace, namespace, namespace);
  }

  @Override
  public int compareTo(PodSource other) {
    return directory().compareTo(other.directory());
  }
}
