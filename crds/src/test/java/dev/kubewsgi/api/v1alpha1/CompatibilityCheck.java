package dev.kubewsgi.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBool;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Compares two definitions of a kind: what of the newer one an object may run into that was stored
 * under the older one. Such an object can be read, but every write of it is validated anew, a
 * status or a scale too.
 */
final class CompatibilityCheck {

  private static final String ANY = "any";

  /** What may be stored where unknown fields are kept. */
  private static final JSONSchemaProps ANYTHING =
      new JSONSchemaPropsBuilder().withXKubernetesPreserveUnknownFields(true).build();

  /** What generators write beside {@code x-kubernetes-int-or-string}, which says the same. */
  private static final List<JSONSchemaProps> INT_OR_STRING =
      Stream.of("integer", "string")
          .map(type -> new JSONSchemaPropsBuilder().withType(type).build())
          .toList();

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
    merge(path, before, after);
    choices(path, before, after);
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
    return isIntOrString(schema)
        ? "int-or-string"
        : Objects.requireNonNullElse(schema.getType(), ANY);
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
    exclusions(path, before, after);
    multiples(path, before.getMultipleOf(), after.getMultipleOf());
  }

  /** A bound that stays where it is may still let in less: itself. */
  private void exclusions(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (Objects.equals(before.getMinimum(), after.getMinimum())) {
      exclusion(
          path, "exclusiveMinimum", before.getExclusiveMinimum(), after.getExclusiveMinimum());
    }
    if (Objects.equals(before.getMaximum(), after.getMaximum())) {
      exclusion(
          path, "exclusiveMaximum", before.getExclusiveMaximum(), after.getExclusiveMaximum());
    }
  }

  private void exclusion(String path, String bound, Boolean before, Boolean after) {
    if (Boolean.TRUE.equals(after) && !Boolean.TRUE.equals(before)) {
      found(path, bound + " was " + before + ", is " + after);
    }
  }

  private void multiples(String path, Double before, Double after) {
    if (after != null && (before == null || before % after != 0)) {
      found(path, "multipleOf was " + before + ", is " + after);
    }
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

  /** How lists and mappings are merged decides who owns what of the stored ones. */
  private void merge(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (!Objects.equals(before.getXKubernetesListType(), after.getXKubernetesListType())
        || !before.getXKubernetesListMapKeys().equals(after.getXKubernetesListMapKeys())) {
      found(path, "the list is merged in another way");
    }
    if (!mapType(before).equals(mapType(after))) {
      found(path, "the mapping is merged in another way");
    }
  }

  private static String mapType(JSONSchemaProps schema) {
    return Objects.requireNonNullElse(schema.getXKubernetesMapType(), "granular");
  }

  /** Which of two such conditions is the wider one is not to be told here. */
  private void choices(String path, JSONSchemaProps before, JSONSchemaProps after) {
    choice(path, "allOf", before.getAllOf(), after.getAllOf());
    choice(path, "anyOf", anyOf(before), anyOf(after));
    choice(path, "oneOf", before.getOneOf(), after.getOneOf());
    choice(path, "not", not(before), not(after));
  }

  private void choice(
      String path, String word, List<JSONSchemaProps> before, List<JSONSchemaProps> after) {
    if (!after.isEmpty() && !after.equals(before)) {
      found(path, word + " is another one");
    }
  }

  private static List<JSONSchemaProps> anyOf(JSONSchemaProps schema) {
    boolean saysItsType = isIntOrString(schema) && schema.getAnyOf().equals(INT_OR_STRING);
    return saysItsType ? List.of() : schema.getAnyOf();
  }

  private static List<JSONSchemaProps> not(JSONSchemaProps schema) {
    return Stream.ofNullable(schema.getNot()).toList();
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
    Set<String> names = new LinkedHashSet<>(before.getProperties().keySet());
    names.addAll(after.getProperties().keySet());
    for (String name : names) {
      value(before, name).ifPresent(was -> stored(field(path, name), was, value(after, name)));
    }
  }

  /** What may be stored under a name; empty: nothing. */
  private static Optional<JSONSchemaProps> value(JSONSchemaProps schema, String name) {
    return Optional.ofNullable(schema.getProperties().get(name)).or(() -> freeValue(schema));
  }

  private void stored(String path, JSONSchemaProps before, Optional<JSONSchemaProps> after) {
    if (after.isEmpty()) {
      found(path, "the field is gone, and so is what was stored in it");
    } else if (!after.get().equals(ANYTHING)) {
      schema(path, before, after.get());
    }
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
    if (keepsUnknown(before) && !keepsUnknown(after) && type(before).equals(type(after))) {
      found(path, "unknown fields were kept, and are dropped now");
    }
    Optional<JSONSchemaProps> now = entrySchema(after);
    if (now.isPresent()) {
      freeValue(before).ifPresent(was -> schema(path + ".*", was, now.get()));
    } else if (entrySchema(before).isPresent() && !keepsUnknown(after)) {
      found(path, "keys were free, and are not now");
    }
  }

  /** What may be stored under a name that is no field's; empty: nothing. */
  private static Optional<JSONSchemaProps> freeValue(JSONSchemaProps schema) {
    return entrySchema(schema)
        .or(() -> keepsUnknown(schema) ? Optional.of(ANYTHING) : Optional.empty());
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
