package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of change that a stored object may not survive, and those that it does. */
class CompatibilityCheckTest {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  /** In flow style, which without the marker would be taken for JSON. */
  private static JSONSchemaProps schema(String yaml) {
    return YAML.unmarshal("--- " + yaml, JSONSchemaProps.class);
  }

  private static List<String> breaks(String before, String after) {
    return CompatibilityCheck.compare("f", schema(before), schema(after)).breaks();
  }

  static Stream<Arguments> breaking() {
    return Stream.of(
        argumentSet(
            "a field is removed",
            "{type: object, properties: {a: {type: string}}}",
            "{type: object}",
            "f.a: the field is gone, and so is what was stored in it"),
        argumentSet(
            "another type",
            "{type: string}",
            "{type: integer}",
            "f: the type was string, is integer"),
        argumentSet(
            "one of two types",
            "{x-kubernetes-int-or-string: true}",
            "{type: string}",
            "f: the type was int-or-string, is string"),
        argumentSet(
            "fractions are refused",
            "{type: number}",
            "{type: integer}",
            "f: the type was number, is integer"),
        argumentSet(
            "null is refused",
            "{type: string, nullable: true}",
            "{type: string}",
            "f: null is allowed no more"),
        argumentSet(
            "a word is taken out",
            "{type: string, enum: [A, B]}",
            "{type: string, enum: [A, C]}",
            "f: B is allowed no more"),
        argumentSet(
            "words are listed",
            "{type: string}",
            "{type: string, enum: [A]}",
            "f: any word was allowed, now some are"),
        argumentSet(
            "another pattern",
            "{type: string, pattern: a}",
            "{type: string, pattern: b}",
            "f: the pattern is another one: b"),
        argumentSet(
            "a format",
            "{type: string}",
            "{type: string, format: date-time}",
            "f: the format is another one: date-time"),
        argumentSet(
            "a higher minimum",
            "{type: integer, minimum: 0}",
            "{type: integer, minimum: 1}",
            "f: minimum was 0.0, is 1.0"),
        argumentSet(
            "a lower maximum",
            "{type: integer, maximum: 9}",
            "{type: integer, maximum: 8}",
            "f: maximum was 9.0, is 8.0"),
        argumentSet(
            "more than the minimum",
            "{type: integer, minimum: 1}",
            "{type: integer, minimum: 1, exclusiveMinimum: true}",
            "f: exclusiveMinimum was null, is true"),
        argumentSet(
            "less than the maximum",
            "{type: integer, maximum: 9, exclusiveMaximum: false}",
            "{type: integer, maximum: 9, exclusiveMaximum: true}",
            "f: exclusiveMaximum was false, is true"),
        argumentSet(
            "multiples of another number",
            "{type: integer, multipleOf: 2}",
            "{type: integer, multipleOf: 3}",
            "f: multipleOf was 2.0, is 3.0"),
        argumentSet(
            "multiples alone",
            "{type: integer}",
            "{type: integer, multipleOf: 2}",
            "f: multipleOf was null, is 2.0"),
        argumentSet(
            "a bound where there was none",
            "{type: string}",
            "{type: string, minLength: 1}",
            "f: minLength was null, is 1"),
        argumentSet(
            "shorter texts",
            "{type: string, maxLength: 9}",
            "{type: string, maxLength: 8}",
            "f: maxLength was 9, is 8"),
        argumentSet(
            "shorter lists",
            "{type: array, maxItems: 9, items: {type: string}}",
            "{type: array, maxItems: 8, items: {type: string}}",
            "f: maxItems was 9, is 8"),
        argumentSet(
            "longer lists",
            "{type: array, items: {type: string}}",
            "{type: array, minItems: 1, items: {type: string}}",
            "f: minItems was null, is 1"),
        argumentSet(
            "smaller mappings",
            "{type: object, maxProperties: 9}",
            "{type: object, maxProperties: 8, minProperties: 1}",
            "f: minProperties was null, is 1; f: maxProperties was 9, is 8"),
        argumentSet(
            "in an entry of a list",
            "{type: array, items: {type: object, properties: {a: {type: string}}}}",
            "{type: array, items: {type: object}}",
            "f[].a: the field is gone, and so is what was stored in it"),
        argumentSet(
            "in the values of a mapping",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, additionalProperties: {type: integer}}",
            "f.*: the type was string, is integer"),
        argumentSet(
            "free keys become fields",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, properties: {a: {type: string}}}",
            "f: keys were free, and are not now"),
        argumentSet(
            "unknown fields are dropped",
            "{type: object, x-kubernetes-preserve-unknown-fields: true}",
            "{type: object}",
            "f: unknown fields were kept, and are dropped now"),
        argumentSet(
            "a new field is required",
            "{type: object}",
            "{type: object, required: [a], properties: {a: {type: string}}}",
            "f.a: the field is required now, and has no default"),
        argumentSet(
            "an old field is required",
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, required: [a], properties: {a: {type: string}}}",
            "f.a: the field is required now, and has no default"),
        argumentSet(
            "another key of a list",
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a],"
                + " items: {type: object}}",
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [b],"
                + " items: {type: object}}",
            "f: the list is merged in another way"),
        argumentSet(
            "a mapping is merged as a whole",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, x-kubernetes-map-type: atomic, additionalProperties: {type: string}}",
            "f: the mapping is merged in another way"),
        argumentSet(
            "a free key becomes a field",
            "{type: object, x-kubernetes-preserve-unknown-fields: true}",
            "{type: object, x-kubernetes-preserve-unknown-fields: true,"
                + " properties: {a: {type: string}}}",
            "f.a: the type was any, is string"),
        argumentSet(
            "a free key of a type becomes a field of another",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, additionalProperties: {type: string},"
                + " properties: {a: {type: integer}}}",
            "f.a: the type was string, is integer"),
        argumentSet(
            "free keys of any kind get a type",
            "{type: object, x-kubernetes-preserve-unknown-fields: true}",
            "{type: object, x-kubernetes-preserve-unknown-fields: true,"
                + " additionalProperties: {type: string}}",
            "f.*: the type was any, is string"),
        argumentSet(
            "a field becomes a free key of another type",
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, additionalProperties: {type: integer}}",
            "f.a: the type was string, is integer"),
        argumentSet(
            "all of some schemas",
            "{type: string}",
            "{type: string, allOf: [{maxLength: 1}]}",
            "f: allOf is another one"),
        argumentSet(
            "any of some schemas",
            "{type: string, anyOf: [{maxLength: 1}, {minLength: 3}]}",
            "{type: string, anyOf: [{maxLength: 1}]}",
            "f: anyOf is another one"),
        argumentSet(
            "one of some schemas",
            "{type: object, oneOf: [{required: [a]}]}",
            "{type: object, oneOf: [{required: [b]}]}",
            "f: oneOf is another one"),
        argumentSet(
            "none of a schema",
            "{type: string}",
            "{type: string, not: {maxLength: 1}}",
            "f: not is another one"));
  }

  @ParameterizedTest
  @MethodSource("breaking")
  void isFound(String before, String after, String expected) {
    assertEquals(expected, String.join("; ", breaks(before, after)));
  }

  static Stream<Arguments> harmless() {
    return Stream.of(
        argumentSet(
            "a new field", "{type: object}", "{type: object, properties: {a: {type: string}}}"),
        argumentSet(
            "a required field with a default",
            "{type: object}",
            "{type: object, required: [a], properties: {a: {type: string, default: x}}}"),
        argumentSet(
            "a field is required no more",
            "{type: object, required: [a], properties: {a: {type: string}}}",
            "{type: object, properties: {a: {type: string}}}"),
        argumentSet("a number too", "{type: string}", "{x-kubernetes-int-or-string: true}"),
        argumentSet(
            "a number too, in the words that generators add",
            "{type: string}",
            "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}"),
        argumentSet("fractions too", "{type: integer}", "{type: number}"),
        argumentSet("one more word", "{type: string, enum: [A]}", "{type: string, enum: [A, B]}"),
        argumentSet("any word", "{type: string, enum: [A]}", "{type: string}"),
        argumentSet(
            "wider bounds",
            "{type: string, minLength: 2, maxLength: 5}",
            "{type: string, minLength: 1, maxLength: 6}"),
        argumentSet(
            "an exclusive bound below the one that there was",
            "{type: integer, minimum: 1, maximum: 8}",
            "{type: integer, minimum: 0, exclusiveMinimum: true, maximum: 9,"
                + " exclusiveMaximum: true}"),
        argumentSet(
            "bounds that are no longer exclusive",
            "{type: integer, minimum: 1, exclusiveMinimum: true}",
            "{type: integer, minimum: 1}"),
        argumentSet(
            "multiples of a divisor",
            "{type: integer, multipleOf: 6}",
            "{type: integer, multipleOf: 3}"),
        argumentSet("multiples or not", "{type: integer, multipleOf: 6}", "{type: integer}"),
        argumentSet("no bound", "{type: integer, maximum: 5}", "{type: integer}"),
        argumentSet(
            "fields become free keys",
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, x-kubernetes-preserve-unknown-fields: true}"),
        argumentSet(
            "a free key becomes a field of its type",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, additionalProperties: {type: string},"
                + " properties: {a: {type: string}}}"),
        argumentSet(
            "a free key becomes a field that may be anything",
            "{type: object, x-kubernetes-preserve-unknown-fields: true}",
            "{type: object, x-kubernetes-preserve-unknown-fields: true,"
                + " properties: {a: {x-kubernetes-preserve-unknown-fields: true}}}"),
        argumentSet(
            "a choice of schemas is left to anybody",
            "{type: string, allOf: [{maxLength: 1}], anyOf: [{minLength: 1}],"
                + " oneOf: [{minLength: 1}], not: {maxLength: 1}}",
            "{type: string}"),
        argumentSet(
            "a mapping is merged key by key, as without a word",
            "{type: object, additionalProperties: {type: string}}",
            "{type: object, x-kubernetes-map-type: granular,"
                + " additionalProperties: {type: string}}"),
        argumentSet(
            "other words about it",
            "{type: string, description: a, default: x}",
            "{type: string, description: b, default: y}"));
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void isNoBreak(String before, String after) {
    assertEquals(List.of(), breaks(before, after));
  }

  @Test
  void newRuleIsListedApartAndARuleWithAnotherMessageIsNotNew() {
    String rule = "{type: string, x-kubernetes-validations: [{rule: self != '', message: %s}]}";
    assertEquals(
        List.of("f: self != ''"),
        CompatibilityCheck.compare("f", schema("{type: string}"), schema(rule.formatted("a")))
            .newRules());
    assertEquals(
        List.of(),
        CompatibilityCheck.compare("f", schema(rule.formatted("a")), schema(rule.formatted("b")))
            .newRules());
  }

  private static CustomResourceDefinition definition(String version, String subresources) {
    return YAML.unmarshal(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: A, plural: as}
          versions:
          - {name: %s, served: true, storage: true, subresources: {%s},
             schema: {openAPIV3Schema: {type: object}}}
        """
            .formatted(version, subresources),
        CustomResourceDefinition.class);
  }

  private static List<String> breaks(
      CustomResourceDefinition before, CustomResourceDefinition after) {
    return CompatibilityCheck.compare(before, after).breaks();
  }

  @Test
  void versionThatIsServedNoMoreIsFound() {
    assertEquals(
        List.of("v1alpha1: the version is served no more"),
        breaks(definition("v1alpha1", ""), definition("v1", "")));
  }

  @Test
  void subresourceThatIsGoneIsFound() {
    assertEquals(1, breaks(definition("v1", "status: {}"), definition("v1", "")).size());
  }

  @Test
  void anotherScopeOrNameIsFound() {
    CustomResourceDefinition other = definition("v1", "");
    other.getSpec().setScope("Cluster");
    other.getSpec().getNames().setPlural("others");
    assertEquals(
        List.of("scope: was Namespaced, is Cluster", "plural: was as, is others"),
        breaks(definition("v1", ""), other));
  }
}
