package dev.kubewsgi.operator.pods;

import dev.kubewsgi.api.v1alpha1.AliasSource;

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

  @Override
  public int compareTo(PodSource other) {
    return directory().compareTo(other.directory());
  }
}
