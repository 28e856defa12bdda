package dev.kubewsgi.cli.manifests;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.path.NodePath;
import dev.kubewsgi.api.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks objects against a structural schema, with unknown fields refused as an API server does
 * under strict field validation.
 */
final class SchemaCheck {

  /** Of ObjectMeta: the definition leaves metadata to the API server. */
  private static final Map<String, Object> METADATA =
      Map.of(
          "type",
          "object",
          "required",
          List.of("name"),
          "properties",
          Map.ofEntries(
              Map.entry("name", Map.of("type", "string", "minLength", 1, "maxLength", 253)),
              Map.entry("namespace", Map.of("type", "string", "minLength", 1, "maxLength", 63)),
              Map.entry("labels", texts()),
              Map.entry("annotations", texts()),
              Map.entry("finalizers", Map.of("type", "array")),
              Map.entry("ownerReferences", Map.of("type", "array")),
              Map.entry("managedFields", Map.of("type", "array")),
              Map.entry("creationTimestamp", Map.of("type", "string")),
              Map.entry("deletionTimestamp", Map.of("type", "string")),
              Map.entry("deletionGracePeriodSeconds", Map.of("type", "integer")),
              Map.entry("generateName", Map.of("type", "string")),
              Map.entry("generation", Map.of("type", "integer")),
              Map.entry("resourceVersion", Map.of("type", "string")),
              Map.entry("selfLink", Map.of("type", "string")),
              Map.entry("uid", Map.of("type", "string"))));

  /** JSON Schema as far as structural schemas go; all of it would cost every start 100 ms. */
  private static final List<KeywordType> KEYWORDS =
      List.of(
          KeywordType.ADDITIONAL_PROPERTIES,
          KeywordType.ITEMS_LEGACY,
          KeywordType.MAXIMUM,
          KeywordType.MAX_ITEMS,
          KeywordType.MAX_LENGTH,
          KeywordType.MAX_PROPERTIES,
          KeywordType.MINIMUM,
          KeywordType.MIN_ITEMS,
          KeywordType.MIN_LENGTH,
          KeywordType.MIN_PROPERTIES,
          KeywordType.PATTERN,
          KeywordType.PROPERTIES,
          KeywordType.REQUIRED,
          KeywordType.TYPE);

  private static final Set<String> KEYWORD_NAMES =
      KEYWORDS.stream().map(KeywordType::getValue).collect(Collectors.toSet());

  private static final Dialect DIALECT =
      Dialect.builder("urn:kubewsgi:structural-schema")
          .specificationVersion(SpecificationVersion.DRAFT_7)
          .keywords(KEYWORDS)
          .build();

  private final Map<String, Object> root;
  private final Schema schema;

  /**
   * Prepares the check.
   *
   * @param openApi an openAPIV3Schema
   */
  SchemaCheck(Map<String, Object> openApi) {
    this.root = root(openApi);
    this.schema = SchemaRegistry.withDialect(DIALECT).getSchema(JsonNodes.of(strict(root)));
  }

  private static Map<String, Object> texts() {
    return Map.of("type", "object", "additionalProperties", Map.of("type", "string"));
  }

  private static Map<String, Object> root(Map<String, Object> openApi) {
    Map<String, Object> properties = new LinkedHashMap<>(Json.map(openApi.get("properties")));
    properties.put("apiVersion", Map.of("type", "string"));
    properties.put("kind", Map.of("type", "string"));
    properties.put("metadata", METADATA);
    Map<String, Object> root = new LinkedHashMap<>(openApi);
    root.put("properties", properties);
    root.put("required", List.of("metadata", "spec"));
    return root;
  }

  /**
   * The structural schema in JSON Schema's own words. Our enums are words, and as a pattern they
   * spare the validator an ObjectMapper.
   */
  private static Map<String, Object> strict(Map<String, Object> openApi) {
    Map<String, Object> schema = new LinkedHashMap<>(openApi);
    schema.keySet().removeIf(key -> key.startsWith("x-kubernetes-"));
    schema.keySet().removeAll(Set.of("default", "description", "nullable"));
    if (Boolean.TRUE.equals(openApi.get("x-kubernetes-int-or-string"))) {
      schema.remove("anyOf");
      schema.put("type", List.of("integer", "string"));
    }
    if (schema.remove("enum") instanceof List<?> words) {
      schema.put("pattern", "^(" + String.join("|", words.toArray(String[]::new)) + ")$");
    }
    if (openApi.get("properties") instanceof Map<?, ?> properties) {
      Map<String, Object> strict = new LinkedHashMap<>();
      properties.forEach((name, each) -> strict.put((String) name, strict(Json.map(each))));
      schema.put("properties", strict);
      schema.putIfAbsent("additionalProperties", false);
    }
    for (String each : List.of("items", "additionalProperties")) {
      if (openApi.get(each) != null) {
        schema.put(each, strict(Json.map(openApi.get(each))));
      }
    }
    if (!KEYWORD_NAMES.containsAll(schema.keySet())) {
      throw new IllegalStateException("a keyword that is not checked here: " + schema.keySet());
    }
    return schema;
  }

  /** Everything that the schema has against a document, in no order. */
  List<Finding> check(Document document) {
    List<Finding> findings = new ArrayList<>();
    for (Error error : schema.validate(JsonNodes.of(document.content()))) {
      findings.add(finding(error, document));
    }
    return findings;
  }

  private Finding finding(Error error, Document document) {
    String path = path(error.getInstanceLocation());
    Map<String, Object> at = schemaAt(error.getInstanceLocation());
    return switch (error.getKeyword()) {
      case "additionalProperties" -> unknown(error.getProperty(), path, at, document);
      case "required" -> {
        String missing = FieldPath.field(path, error.getProperty());
        yield document.finding(FindingCode.KW106, missing, "this field is missing; write it");
      }
      case "type" -> document.finding(FindingCode.KW107, path, type(at, valueAt(error, document)));
      default ->
          document.finding(
              FindingCode.KW108, path, bound(error.getKeyword(), at, valueAt(error, document)));
    };
  }

  private static Finding unknown(
      String name, String parent, Map<String, Object> schema, Document document) {
    var known = Json.map(schema.get("properties")).keySet();
    String suggestion = Suggestion.didYouMean(name, known);
    return document.finding(
        FindingCode.KW105,
        FieldPath.field(parent, name),
        "there is no such field"
            + (suggestion.isEmpty()
                ? "; there are " + String.join(", ", known.stream().sorted().toList())
                : suggestion));
  }

  private static String type(Map<String, Object> schema, Object value) {
    String type = String.valueOf(schema.get("type"));
    String wanted =
        switch (type) {
          case "integer" -> "a whole number";
          case "string" -> "a string";
          case "boolean" -> "true or false";
          case "array" -> "a list";
          case "object" -> "a mapping";
          default -> "a whole number or a string";
        };
    boolean quote = type.equals("string") && (value instanceof Number || value instanceof Boolean);
    boolean unquote = value instanceof String text && isQuoted(type, text);
    boolean item = type.equals("array") && value instanceof String;
    return "this has to be "
        + wanted
        + ", not "
        + Json.typeOf(value)
        + (quote ? "; write it in quotes: \"" + value + "\"" : "")
        + (unquote ? "; write it without quotes" : "")
        + (item ? "; write it as [\"" + value + "\"]" : "");
  }

  private static boolean isQuoted(String type, String text) {
    return switch (type) {
      case "integer" -> text.matches("-?[0-9]+");
      case "boolean" -> text.matches("true|false");
      default -> false;
    };
  }

  private static String bound(String keyword, Map<String, Object> schema, Object value) {
    Object bound = schema.get(keyword);
    return switch (keyword) {
      case "pattern" -> {
        List<String> allowed = Json.list(schema.get("enum")).stream().map(String::valueOf).toList();
        yield "\""
            + value
            + "\" is none of "
            + String.join(", ", allowed)
            + Suggestion.didYouMean(String.valueOf(value), allowed);
      }
      case "minimum" -> value + " is too small; write " + whole(bound) + " or more";
      case "maximum" -> value + " is too large; write " + whole(bound) + " or less";
      case "minLength" -> "this is empty; write a value";
      case "maxLength" -> "this is too long; write at most " + whole(bound) + " characters";
      case "minItems" -> "this list is empty; write an entry";
      case "maxItems" -> "this list is too long; write at most " + whole(bound) + " entries";
      case "minProperties" -> "this mapping is empty; write an entry";
      case "maxProperties" ->
          "this mapping is too large; write at most " + whole(bound) + " entries";
      default -> "this breaks the rule " + keyword + ": " + bound;
    };
  }

  private static String whole(Object number) {
    return Long.toString(((Number) number).longValue());
  }

  private static String path(NodePath location) {
    String path = "";
    for (int i = 0; i < location.getNameCount(); i++) {
      path =
          location.getElement(i) instanceof Integer index
              ? FieldPath.item(path, index)
              : FieldPath.field(path, location.getName(i));
    }
    return path;
  }

  private Map<String, Object> schemaAt(NodePath location) {
    Map<String, Object> at = root;
    for (int i = 0; i < location.getNameCount(); i++) {
      Map<String, Object> properties = Json.mapOrEmpty(at.get("properties"));
      at =
          location.getElement(i) instanceof Integer
              ? Json.map(at.get("items"))
              : Json.map(
                  properties.getOrDefault(location.getName(i), at.get("additionalProperties")));
    }
    return at;
  }

  private static Object valueAt(Error error, Document document) {
    Object value = document.content();
    NodePath location = error.getInstanceLocation();
    for (int i = 0; i < location.getNameCount(); i++) {
      value =
          location.getElement(i) instanceof Integer index
              ? Json.list(value).get(index)
              : Json.map(value).get(location.getName(i));
    }
    return value;
  }
}
