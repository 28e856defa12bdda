package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/**
 * How a gateway's pods are, and where it is reached.
 *
 * @param observedGeneration of the spec that the rest is about
 * @param conditions Accepted, ResolvedRefs, Programmed, Ready
 * @param ready pods that are ready, of those wanted: {@code 1/1}
 * @param replicas pods there are
 * @param readyReplicas pods that are ready
 * @param selector of the pods, as text
 * @param aliases that are attached
 * @param address where the Service is reached; null: not known yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record WsgiGatewayStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Accepted, ResolvedRefs, Programmed and Ready, and SupportedVersion where definitions"
                + " are of another release than the operator; docs/conditions.md explains each reason.")
        List<Condition> conditions,
    @PrinterColumn(name = "Ready")
        @JsonPropertyDescription("Pods that are ready, of those that are wanted.")
        String ready,
    @StatusReplicas @JsonPropertyDescription("Pods.") Integer replicas,
    @JsonPropertyDescription("Pods that are ready.") Integer readyReplicas,
    @LabelSelector @JsonPropertyDescription("Label selector of the pods, for autoscalers.")
        String selector,
    @PrinterColumn(name = "Aliases") @JsonPropertyDescription("Aliases that are attached.")
        Integer aliases,
    @PrinterColumn(name = "Address")
        @JsonPropertyDescription(
            "Where the gateway is reached: the load balancer's address, or the Service's name.")
        String address) {}
