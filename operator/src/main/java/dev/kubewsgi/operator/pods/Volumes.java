package dev.kubewsgi.operator.pods;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.List;

/** Volumes of pods and where they are mounted. */
public final class Volumes {

  private Volumes() {}

  /** A directory of the pod's own, gone with it. */
  public static Volume empty(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  /**
   * A Secret of the pod's namespace. Its files belong to root, and the pod's user is another one:
   * who may read them is decided by who is in the pod.
   */
  public static Volume secret(String name, String secret) {
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
        .withSecretName(secret)
        .withDefaultMode(0444)
        .endSecret()
        .build();
  }

  /** As {@link #secret}, but no pod waits for it: its files appear once there is one. */
  public static Volume secretOnceThere(String name, String secret) {
    return new VolumeBuilder(secret(name, secret))
        .editSecret()
        .withOptional(true)
        .endSecret()
        .build();
  }

  /** Keys of several objects of the pod's namespace, readable as those of a {@link #secret}. */
  public static Volume projected(String name, List<VolumeProjection> sources) {
    return new VolumeBuilder()
        .withName(name)
        .withNewProjected()
        .withDefaultMode(0444)
        .withSources(sources)
        .endProjected()
        .build();
  }

  public static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).build();
  }

  public static VolumeMount readOnly(String name, String path) {
    return new VolumeMountBuilder(mount(name, path)).withReadOnly(true).build();
  }
}
