package dev.kubewsgi.operator.pods;

import dev.kubewsgi.api.v1alpha1.PullSecret;
import dev.kubewsgi.api.v1alpha1.Resources;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
   * What of them is no amount: field and cure.
   *
   * @param resources null: none
   */
  public static List<String> findings(Resources resources) {
    return resources == null
        ? List.of()
        : Stream.of(
                findings("requests", resources.requests()), findings("limits", resources.limits()))
            .flatMap(found -> found)
            .toList();
  }

  private static Stream<String> findings(String field, Map<String, Quantity> amounts) {
    return Optional.ofNullable(amounts).orElse(Map.of()).entrySet().stream()
        .filter(amount -> !CanonicalQuantity.isQuantity(amount.getValue()))
        .map(
            amount ->
                "spec.resources.%s.%s: %s is no quantity; write one such as 250m, 512Mi or 2Gi"
                    .formatted(field, amount.getKey(), amount.getValue()));
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
