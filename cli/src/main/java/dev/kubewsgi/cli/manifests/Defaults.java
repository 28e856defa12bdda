package dev.kubewsgi.cli.manifests;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Fills in a schema's defaults as an API server does before it validates: null counts as absent
 * where a field is not nullable, which none of ours is.
 */
final class Defaults {

  private Defaults() {}

  /** Changes the maps and lists of the value. */
  static void fill(Object value, Map<String, Object> schema) {
    if (value instanceof Map<?, ?>) {
      fillMap(Json.map(value), Json.mapOrEmpty(schema.get("properties")));
      if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
        fillValues(Json.map(value), Json.map(values));
      }
    } else if (value instanceof List<?> && schema.get("items") != null) {
      Json.list(value).forEach(item -> fill(item, Json.map(schema.get("items"))));
    }
  }

  private static void fillMap(Map<String, Object> fields, Map<String, Object> properties) {
    properties.forEach(
        (name, property) -> {
          Map<String, Object> schema = Json.map(property);
          if (fields.get(name) == null) {
            fields.remove(name);
            if (schema.get("default") != null) {
              fields.put(name, Json.copy(schema.get("default")));
            }
          }
          fill(fields.get(name), schema);
        });
  }

  private static void fillValues(Map<String, Object> entries, Map<String, Object> schema) {
    entries.values().removeIf(Objects::isNull);
    entries.values().forEach(each -> fill(each, schema));
  }
}
