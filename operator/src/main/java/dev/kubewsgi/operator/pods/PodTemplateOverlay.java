package dev.kubewsgi.operator.pods;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code spec.podTemplate}: what has no field of its own, merged strategically over the pod
 * template that the operator makes. Fields that nobody knows stay in the result, for the API server
 * to refuse in its own words. What the operator itself relies on is held by {@link #findings}, and
 * an overlay that has any is not for use: half of what somebody wrote is not what they meant.
 */
public final class PodTemplateOverlay {

  private static final String FIELD = "spec.podTemplate";
  private static final String KUBECTL_RESTART = "kubectl.kubernetes.io/restartedAt";
  private static final ObjectMapper JSON = new ObjectMapper();

  private PodTemplateOverlay() {}

  /**
   * What an overlay may not change of a pod.
   *
   * @param labels by which the pods are selected
   * @param container the main container, whose command the probes and ports rest on
   */
  public record Contract(Map<String, String> labels, Container container) {

    private PodTemplateSpec template() {
      return new PodTemplateSpecBuilder()
          .withNewMetadata()
          .withLabels(labels)
          .endMetadata()
          .withNewSpec()
          .withContainers(container)
          .endSpec()
          .build();
    }
  }

  /**
   * The template with the overlay over it.
   *
   * @param overlay null: nothing is changed; otherwise without findings
   */
  public static PodTemplateSpec apply(PodTemplateSpec made, Map<String, Object> overlay) {
    if (overlay == null) {
      return made;
    }
    try {
      return parsed(merged(made, overlay, new ArrayList<>()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("an overlay with findings was applied", e);
    }
  }

  /**
   * Why an overlay cannot be applied: the field and what to write instead, all of them.
   *
   * @param overlay null: none
   */
  public static List<String> findings(Map<String, Object> overlay, Contract contract) {
    List<String> findings = new ArrayList<>();
    if (overlay != null) {
      ObjectNode merged = merged(contract.template(), overlay, findings);
      try {
        PodTemplateSpec template = parsed(merged);
        labels(template, contract, findings);
        annotations(template, findings);
        container(template, contract.container(), findings);
      } catch (JsonProcessingException e) {
        findings.add(mistyped(e));
      }
    }
    return List.copyOf(findings);
  }

  private static ObjectNode merged(
      PodTemplateSpec made, Map<String, Object> overlay, List<String> findings) {
    ObjectNode base = JSON.valueToTree(made);
    return new StrategicMerge(findings::add).merge(base, JSON.valueToTree(overlay), FIELD);
  }

  private static PodTemplateSpec parsed(ObjectNode template) throws JsonProcessingException {
    return JSON.treeToValue(template, PodTemplateSpec.class);
  }

  private static String mistyped(JsonProcessingException e) {
    String path =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(PodTemplateOverlay::step)
                .collect(Collectors.joining("", FIELD, ""))
            : FIELD;
    return path
        + ": write another kind of value: "
        + e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private static String step(JsonMappingException.Reference step) {
    return step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName();
  }

  private static void labels(PodTemplateSpec template, Contract contract, List<String> findings) {
    Map<String, String> labels =
        template.getMetadata() == null ? Map.of() : template.getMetadata().getLabels();
    contract
        .labels()
        .forEach(
            (key, value) -> {
              if (!value.equals(labels.get(key))) {
                findings.add(
                    FIELD + ".metadata.labels: leave " + key + " out: by it the pods are selected");
              }
            });
  }

  private static void annotations(PodTemplateSpec template, List<String> findings) {
    if (template.getMetadata() != null
        && template.getMetadata().getAnnotations().containsKey(KUBECTL_RESTART)) {
      findings.add(
          FIELD
              + ".metadata.annotations: leave "
              + KUBECTL_RESTART
              + " out, which kubectl rollout restart writes: spec.restartedAt restarts the pods");
    }
  }

  private static void container(
      PodTemplateSpec template, Container contract, List<String> findings) {
    String name = contract.getName();
    Optional<Container> container =
        template.getSpec() == null
            ? Optional.empty()
            : template.getSpec().getContainers().stream()
                .filter(one -> name.equals(one.getName()))
                .findFirst();
    if (container.isEmpty()) {
      findings.add(FIELD + ".spec.containers: keep the container " + name);
    } else if (!contract.getCommand().equals(container.get().getCommand())
        || !contract.getArgs().equals(container.get().getArgs())) {
      findings.add(
          FIELD
              + ".spec.containers: leave command and args of the container "
              + name
              + " out: gateways and probes rely on them");
    }
  }
}
