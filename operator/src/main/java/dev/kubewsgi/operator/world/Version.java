package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Which life of an object of some name, and which spec in it.
 *
 * @param uid of the object
 * @param generation of its spec
 */
public record Version(String uid, long generation) {

  /** The one that an object has. */
  public static Version of(HasMetadata object) {
    return new Version(object.getMetadata().getUid(), object.getMetadata().getGeneration());
  }
}
