package dev.kubewsgi.cli.manifests;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks objects against the CEL rules of a structural schema. */
final class RuleCheck {

  private final Map<String, Object> schema;

  /**
   * Prepares nothing: a rule is compiled when the first value meets it.
   *
   * @param schema an openAPIV3Schema
   */
  RuleCheck(Map<String, Object> schema) {
    this.schema = schema;
  }

  /**
   * Evaluates the rules of every value, but not of a value that has, or holds something that has,
   * another fault already: a rule may count on the schema.
   *
   * @param faults what the schema has against the document
   */
  List<Finding> check(Document document, List<Finding> faults) {
    Set<String> faulty = new HashSet<>();
    for (Finding fault : faults) {
      for (String path = fault.field(); faulty.add(path) && !path.isEmpty(); ) {
        path = FieldPath.parent(path);
      }
    }
    List<Finding> findings = new ArrayList<>();
    check(document, document.content(), schema, "", faulty, findings);
    return findings;
  }

  private void check(
      Document document,
      Object value,
      Map<String, Object> schema,
      String path,
      Set<String> faulty,
      List<Finding> findings) {
    if (!faulty.contains(path)) {
      for (Object rule : Json.listOrEmpty(schema.get("x-kubernetes-validations"))) {
        check(document, value, CelRule.of(Json.map(rule)), path, findings);
      }
    }
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, each) -> {
            Map<String, Object> of = schemaOf((String) name, schema);
            String at = FieldPath.field(path, (String) name);
            check(document, each, of, at, faulty, findings);
          });
    }
    if (value instanceof List<?> list && schema.get("items") != null) {
      for (int i = 0; i < list.size(); i++) {
        String at = FieldPath.item(path, i);
        check(document, list.get(i), Json.map(schema.get("items")), at, faulty, findings);
      }
    }
  }

  /** An empty schema for what the schema leaves to others, or does not know. */
  private static Map<String, Object> schemaOf(String name, Map<String, Object> schema) {
    Object property = Json.mapOrEmpty(schema.get("properties")).get(name);
    Object any = schema.get("additionalProperties");
    return Json.mapOrEmpty(property == null && any instanceof Map<?, ?> ? any : property);
  }

  private static void check(
      Document document, Object value, CelRule rule, String path, List<Finding> findings) {
    if (!rule.holds(value)) {
      findings.add(document.finding(FindingCode.KW109, rule.field(path), rule.message()));
    }
  }
}
