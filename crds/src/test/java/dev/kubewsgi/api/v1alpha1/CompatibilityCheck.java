package dev.kubewsgi.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBool;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Compares two definitions of a kind: what of the newer one an object may run into that was stored
 * under the older one. Such an object can be read, but every write of it is validated anew, a
 * status or a scale too.
 */
final class CompatibilityCheck {

  /** Changes that refuse or lose what was valid; none of them can be allowed. */
  private final List<String> breaks = new ArrayList<>();

  /** Rules that an older object may not keep; somebody has to say that it does, or need not. */
  private final List<String> newRules = new ArrayList<>();

  private CompatibilityCheck() {}

  /** What was found, each beginning with the field's path. */
  record Result(List<String> breaks, List<String> newRules) {}

  static Result compare(CustomResourceDefinition before, CustomResourceDefinition after) {
    var check = new CompatibilityCheck();
    check.identity(before, after);
    for (CustomResourceDefinitionVersion version : before.getSpec().getVersions()) {
      Optional<CustomResourceDefinitionVersion> now =
          after.getSpec().getVersions().stream()
              .filter(each -> each.getName().equals(version.getName()) && each.getServed())
              .findFirst();
      now.ifPresentOrElse(
          each -> check.version(version, each),
          () -> check.breaks.add(version.getName() + ": the version is served no more"));
    }
    return new Result(check.breaks, check.newRules);
  }

  /** Compares two schemas at a path. */
  static Result compare(String path, JSONSchemaProps before, JSONSchemaProps after) {
    var check = new CompatibilityCheck();
    check.schema(path, before, after);
    return new Result(check.breaks, check.newRules);
  }

  private void identity(CustomResourceDefinition before, CustomResourceDefinition after) {
    same("group", before.getSpec().getGroup(), after.getSpec().getGroup());
    same("scope", before.getSpec().getScope(), after.getSpec().getScope());
    same("kind", before.getSpec().getNames().getKind(), after.getSpec().getNames().getKind());
    same("plural", before.getSpec().getNames().getPlural(), after.getSpec().getNames().getPlural());
  }

  private void version(
      CustomResourceDefinitionVersion before, CustomResourceDefinitionVersion after) {
    same("subresources", before.getSubresources(), after.getSubresources());
    schema("", before.getSchema().getOpenAPIV3Schema(), after.getSchema().getOpenAPIV3Schema());
  }

  private void same(String what, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      breaks.add(what + ": was " + before + ", is " + after);
    }
  }

  private void schema(String path, JSONSchemaProps before, JSONSchemaProps after) {
    type(path, before, after);
    words(path, before, after);
    bounds(path, before, after);
    list(path, before, after);
    rules(path, before, after);
    fields(path, before, after);
    required(path, before, after);
    entries(path, before, after);
    if (before.getItems() != null && after.getItems() != null) {
      schema(path + "[]", before.getItems().getSchema(), after.getItems().getSchema());
    }
  }

  private void type(String path, JSONSchemaProps before, JSONSchemaProps after) {
    boolean either = isIntOrString(after);
    boolean widened =
        either && (isIntOrString(before) || Set.of("integer", "string").contains(type(before)));
    boolean more = type(before).equals("integer") && type(after).equals("number");
    if (!widened && !more && (either || !type(before).equals(type(after)))) {
      found(path, "the type was " + type(before) + ", is " + type(after));
    }
    if (Boolean.TRUE.equals(before.getNullable()) && !Boolean.TRUE.equals(after.getNullable())) {
      found(path, "null is allowed no more");
    }
  }

  private static boolean isIntOrString(JSONSchemaProps schema) {
    return Boolean.TRUE.equals(schema.getXKubernetesIntOrString());
  }

  private static String type(JSONSchemaProps schema) {
    return isIntOrString(schema) ? "int-or-string" : String.valueOf(schema.getType());
  }

  private void words(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (!after.getEnum().isEmpty()) {
      if (before.getEnum().isEmpty()) {
        found(path, "any word was allowed, now some are");
      }
      before.getEnum().stream()
          .filter(word -> !after.getEnum().contains(word))
          .forEach(word -> found(path, word.asText() + " is allowed no more"));
    }
    if (after.getPattern() != null && !after.getPattern().equals(before.getPattern())) {
      found(path, "the pattern is another one: " + after.getPattern());
    }
    if (after.getFormat() != null && !after.getFormat().equals(before.getFormat())) {
      found(path, "the format is another one: " + after.getFormat());
    }
  }

  private void bounds(String path, JSONSchemaProps before, JSONSchemaProps after) {
    lower(path, "minimum", before.getMinimum(), after.getMinimum());
    upper(path, "maximum", before.getMaximum(), after.getMaximum());
    lower(path, "minLength", before.getMinLength(), after.getMinLength());
    upper(path, "maxLength", before.getMaxLength(), after.getMaxLength());
    lower(path, "minItems", before.getMinItems(), after.getMinItems());
    upper(path, "maxItems", before.getMaxItems(), after.getMaxItems());
    lower(path, "minProperties", before.getMinProperties(), after.getMinProperties());
    upper(path, "maxProperties", before.getMaxProperties(), after.getMaxProperties());
  }

  private void lower(String path, String bound, Number before, Number after) {
    if (after != null && (before == null || after.doubleValue() > before.doubleValue())) {
      found(path, bound + " was " + before + ", is " + after);
    }
  }

  private void upper(String path, String bound, Number before, Number after) {
    if (after != null && (before == null || after.doubleValue() < before.doubleValue())) {
      found(path, bound + " was " + before + ", is " + after);
    }
  }

  /** How a list is merged decides who owns what of the stored ones. */
  private void list(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (!Objects.equals(before.getXKubernetesListType(), after.getXKubernetesListType())
        || !before.getXKubernetesListMapKeys().equals(after.getXKubernetesListMapKeys())) {
      found(path, "the list is merged in another way");
    }
  }

  private void rules(String path, JSONSchemaProps before, JSONSchemaProps after) {
    Set<String> known = new LinkedHashSet<>();
    before.getXKubernetesValidations().forEach(rule -> known.add(rule.getRule()));
    for (ValidationRule rule : after.getXKubernetesValidations()) {
      if (!known.contains(rule.getRule())) {
        newRules.add(place(path) + ": " + rule.getRule());
      }
    }
  }

  private void fields(String path, JSONSchemaProps before, JSONSchemaProps after) {
    boolean keepsAll = keepsUnknown(after) || entrySchema(after).isPresent();
    before
        .getProperties()
        .forEach(
            (name, field) -> {
              JSONSchemaProps now = after.getProperties().get(name);
              if (now != null) {
                schema(field(path, name), field, now);
              } else if (!keepsAll) {
                found(field(path, name), "the field is gone, and so is what was stored in it");
              }
            });
  }

  private void required(String path, JSONSchemaProps before, JSONSchemaProps after) {
    for (String name : after.getRequired()) {
      JSONSchemaProps field = after.getProperties().get(name);
      boolean hasDefault = field != null && field.getDefault() != null;
      if (!before.getRequired().contains(name) && !hasDefault) {
        found(field(path, name), "the field is required now, and has no default");
      }
    }
  }

  private void entries(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (keepsUnknown(before) && !keepsUnknown(after)) {
      found(path, "unknown fields were kept, and are dropped now");
    }
    entrySchema(before)
        .ifPresent(
            entry ->
                entrySchema(after)
                    .ifPresentOrElse(
                        now -> schema(path + ".*", entry, now),
                        () -> {
                          if (!keepsUnknown(after)) {
                            found(path, "keys were free, and are not now");
                          }
                        }));
  }

  private static boolean keepsUnknown(JSONSchemaProps schema) {
    return Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields());
  }

  private static Optional<JSONSchemaProps> entrySchema(JSONSchemaProps schema) {
    return Optional.ofNullable(schema.getAdditionalProperties())
        .map(JSONSchemaPropsOrBool::getSchema);
  }

  private static String field(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String place(String path) {
    return path.isEmpty() ? "the object" : path;
  }

  private void found(String path, String what) {
    breaks.add(place(path) + ": " + what);
  }
}
