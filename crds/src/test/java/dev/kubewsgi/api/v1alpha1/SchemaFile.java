package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes, from a definition, the file that kube-wsgi validates by: its schema as JSON and without
 * descriptions, because every start would wait for the definition as it is to be read.
 */
final class SchemaFile {

  private SchemaFile() {}

  /** The text of the file. */
  static String of(Path definition) throws IOException {
    JsonNode schema =
        new YAMLMapper()
            .readTree(definition.toFile())
            .at("/spec/versions/0/schema/openAPIV3Schema");
    removeDescriptions((ObjectNode) schema);
    return schema.toPrettyString() + "\n";
  }

  private static void removeDescriptions(ObjectNode schema) {
    schema.remove("description");
    schema.path("properties").forEach(property -> removeDescriptions((ObjectNode) property));
    for (String inner : new String[] {"items", "additionalProperties"}) {
      if (schema.get(inner) instanceof ObjectNode node) {
        removeDescriptions(node);
      }
    }
  }
}
