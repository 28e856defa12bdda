package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * The namespaces of the aliases that an object lets in.
 *
 * @param from null: one of a later release, which is {@link #ofALaterRelease}
 * @param selector given if and only if {@code from} is {@code Selector}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    // An API server tries rules on defaults such as {} before it fills in what is within.
    value = "(has(self.from) && self.from == 'Selector') == has(self.selector)",
    message = "write a selector with from: Selector, and with no other")
@JsonIgnoreProperties(ignoreUnknown = true)
public record NamespaceChoice(
    @Default("Same")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        @JsonPropertyDescription(
            "Same is the object's own namespace, All is every namespace, Selector is those whose"
                + " labels match the selector.")
        From from,
    @JsonPropertyDescription(
            "Labels of the namespaces; kubernetes.io/metadata.name is a namespace's own name.")
        Selector selector) {

  /** Whether something in it was written for a later release than this, which cannot tell what. */
  public boolean ofALaterRelease() {
    return from == null || (selector != null && selector.ofALaterRelease());
  }

  /** How namespaces are chosen. */
  public enum From {
    Same,
    All,
    Selector
  }
}
