package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * Requests and limits of a container, as in a pod.
 *
 * @param requests null: none
 * @param limits null: none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Resources(
    @Size(min = 1, max = 16)
        @JsonPropertyDescription(
            "What is set aside: cpu, memory, … as quantities such as 250m, 128Mi.")
        Map<String, Quantity> requests,
    @Size(min = 1, max = 16) @JsonPropertyDescription("What may not be exceeded.")
        Map<String, Quantity> limits) {}
