package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/**
 * A host and path that an alias has at a gateway.
 *
 * @param gateway {@code namespace/name}
 * @param host a name, {@code *.name}, or {@code *} for any
 * @param path as in the alias
 * @param admittedAt when the claim was first admitted, RFC 3339; earlier claims win
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Claim(
    @Required @JsonPropertyDescription("The gateway, NAMESPACE/NAME.") String gateway,
    @Required @JsonPropertyDescription("The host; * is any.") String host,
    @Required @JsonPropertyDescription("The path.") String path,
    @Required
        @JsonPropertyDescription(
            "When the claim was first admitted. Of two alike the earlier wins.")
        String admittedAt) {}
