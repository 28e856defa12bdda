package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/**
 * A label selector as everywhere in Kubernetes: all that is written has to hold.
 *
 * @param matchLabels null: none
 * @param matchExpressions null: none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Selector(
    @Size(min = 1, max = 16) @JsonPropertyDescription("Labels with exactly these values.")
        Map<String, @Size(max = 63) String> matchLabels,
    @Size(min = 1, max = 16) @JsonPropertyDescription("Conditions on labels.")
        List<Expression> matchExpressions) {

  /**
   * A condition on one label.
   *
   * @param operator null: one of a later release
   * @param values null: none, as Exists and DoesNotExist want it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "(self.operator in ['In', 'NotIn']) == has(self.values)",
      message = "write values with In and NotIn, and none with Exists and DoesNotExist")
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Expression(
      @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The label's key.") String key,
      @Required
          @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
          @JsonPropertyDescription("In, NotIn, Exists or DoesNotExist.")
          Operator operator,
      @Size(min = 1, max = 64) @JsonPropertyDescription("The values to compare with.")
          List<@Size(max = 63) String> values) {}

  boolean ofALaterRelease() {
    return matchExpressions != null
        && matchExpressions.stream().anyMatch(each -> each.operator() == null);
  }

  /** How a label is compared. */
  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }
}
