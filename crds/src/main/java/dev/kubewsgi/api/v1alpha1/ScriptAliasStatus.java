package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * Whether an alias is served, and why not.
 *
 * @param observedGeneration of the spec that the rest is about
 * @param conditions Accepted, ResolvedRefs, Programmed, Ready
 * @param route first admitted host and the path, as in a URL; of an alias that is not served, what
 *     it asks for
 * @param mode {@code embedded}, or the name of the daemon group; likewise
 * @param claims what the alias has at its gateway
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ScriptAliasStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Accepted, ResolvedRefs, Programmed and Ready, and SupportedVersion where definitions"
                + " are of another release than the operator; docs/conditions.md explains each reason.")
        List<Condition> conditions,
    @PrinterColumn(name = "Route")
        @JsonPropertyDescription(
            "First host that it is served for, or asks for, and the path; * is any host.")
        String route,
    @PrinterColumn(name = "Mode")
        @JsonPropertyDescription(
            "Where the script runs, or is to run: embedded, or the daemon group.")
        String mode,
    @JsonPropertyDescription("The hosts and paths that the alias has.") List<Claim> claims) {}
