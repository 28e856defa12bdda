package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** The objects that a DaemonGroup consists of. */
public final class DaemonGroupModel {

  private DaemonGroupModel() {}

  /**
   * Everything but the Secret, in the order in which to apply it. The Deployment is not among them
   * while {@link #findings} are: what runs then stays as it is.
   */
  public static List<HasMetadata> objects(
      DaemonGroup group, GroupInputs inputs, OperatorConfig config) {
    return List.of();
  }

  /** What cannot be applied of {@code spec.podTemplate}: field and cure. Empty: all can. */
  public static List<String> findings(DaemonGroup group) {
    return List.of();
  }
}
