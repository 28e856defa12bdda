package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * An environment variable of a process or interpreter.
 *
 * @param name unique in its list
 * @param value taken as it is: nothing in it is expanded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record EnvVar(
    @Required
        @Size(min = 1, max = 253)
        @ValidationRule(value = Rules.VARIABLE_NAME, message = Rules.VARIABLE_NAME_MESSAGE)
        @JsonPropertyDescription("Name of the variable: letters, digits and '_'.")
        String name,
    @Required
        @Size(max = 32768)
        @ValidationRule(value = Rules.NO_NUL, message = Rules.NO_NUL_MESSAGE)
        @JsonPropertyDescription("Its value, a string: quote numbers, true and false.")
        String value) {}
