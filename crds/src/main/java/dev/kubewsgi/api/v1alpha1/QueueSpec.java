package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The queue in front of the threads of a process group (listen-backlog, queue-timeout). */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record QueueSpec(
    @Default("100")
        @Min(0)
        @Max(100000)
        @JsonPropertyDescription(
            "How many requests may wait for a free thread; one more is answered 503 with"
                + " Retry-After. 0: no request waits.")
        Integer maxLength,
    @Default("45s")
        @Size(max = Rules.DURATION_LENGTH)
        @ValidationRule(value = Rules.POSITIVE_DURATION, message = Rules.POSITIVE_DURATION_MESSAGE)
        @JsonPropertyDescription(
            "How long a request may wait for a free thread before it is answered 503 with"
                + " Retry-After.")
        String timeout) {}
