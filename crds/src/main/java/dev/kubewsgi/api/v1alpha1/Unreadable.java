package dev.kubewsgi.api.v1alpha1;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/**
 * Which fields of an object this release could not read, because a later one wrote them. It is kept
 * beside the metadata, where copies of the object have it too; no API server lets anybody write it.
 */
public final class Unreadable {

  private static final String KEY = "unreadable";

  private Unreadable() {}

  /** The fields, such as {@code spec.threads}; empty: all could be read. */
  public static List<String> in(HasMetadata object) {
    return object.getMetadata().getAdditionalProperties().get(KEY) instanceof List<?> fields
        ? fields.stream().map(String::valueOf).toList()
        : List.of();
  }

  static void note(ObjectMeta metadata, List<String> fields) {
    if (!fields.isEmpty()) {
      metadata.setAdditionalProperty(KEY, List.copyOf(fields));
    }
  }
}
