package dev.kubewsgi.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Tells which of two states of an object is the newer. */
public final class ResourceVersion {

  private ResourceVersion() {}

  /** A number, in every Kubernetes that conforms; the greater, the newer. */
  public static long of(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }
}
