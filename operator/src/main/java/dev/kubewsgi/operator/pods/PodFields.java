package dev.kubewsgi.operator.pods;

import dev.kubewsgi.api.v1alpha1.PullSecret;
import dev.kubewsgi.api.v1alpha1.Resources;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;

/** Fields of specs that pods have in the same form. */
public final class PodFields {

  private PodFields() {}

  /**
   * @param resources null: none
   */
  public static ResourceRequirements resources(Resources resources) {
    return resources == null
        ? new ResourceRequirements()
        : new ResourceRequirementsBuilder()
            .withRequests(resources.requests())
            .withLimits(resources.limits())
            .build();
  }

  /**
   * @param secrets null: none
   */
  public static List<LocalObjectReference> pullSecrets(List<PullSecret> secrets) {
    return secrets == null
        ? List.of()
        : secrets.stream().map(secret -> new LocalObjectReference(secret.name())).toList();
  }
}
