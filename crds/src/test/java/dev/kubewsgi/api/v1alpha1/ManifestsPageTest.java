package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/manifests.md is what the definitions say, field by field. */
class ManifestsPageTest {

  private static final Path PAGE = Path.of("../docs/manifests.md");
  private static final Path DEFINITIONS = Path.of("src/main/resources/dev/kubewsgi/crds");

  private static final String HEAD =
      """
      # The fields of the kinds

      Made from the CustomResourceDefinitions by `mvn -pl crds test -Dcrds.refresh=true`; do not edit.
      `kubectl explain scriptalias.spec` says the same in a cluster. Anything else in a manifest is
      refused as unknown ([KW105](errors.md#kw105-no-such-field)). All kinds are namespaced, of
      `apiVersion: kubewsgi.dev/v1alpha1`, and in the category `wsgi`.
      """;

  @Test
  void pageIsMadeFromTheDefinitions() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    for (String plural : List.of("wsgigateways", "daemongroups", "scriptaliases")) {
      append(page, definition(plural));
    }
    if (Boolean.getBoolean("crds.refresh")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(
        page.toString(),
        Files.readString(PAGE),
        "docs/manifests.md is not what the definitions say."
            + " Refresh it: mvn -pl crds test -Dcrds.refresh=true");
  }

  private static CustomResourceDefinition definition(String plural) throws IOException {
    return new KubernetesSerialization()
        .unmarshal(
            Files.readString(DEFINITIONS.resolve(plural + ".kubewsgi.dev.yaml")),
            CustomResourceDefinition.class);
  }

  private static void append(StringBuilder page, CustomResourceDefinition definition) {
    var names = definition.getSpec().getNames();
    JSONSchemaProps root =
        definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    page.append("\n## ").append(names.getKind());
    page.append(" (").append(String.join(", ", names.getShortNames())).append(")\n\n");
    page.append(root.getDescription()).append("\n");
    rules(root).forEach(rule -> page.append("\n- ").append(rule).append("\n"));
    page.append("\n| field | value | default | meaning |\n|---|---|---|---|\n");
    append(page, "spec", root.getProperties().get("spec"));
  }

  private static void append(StringBuilder page, String path, JSONSchemaProps schema) {
    new TreeMap<>(schema.getProperties())
        .forEach(
            (name, field) -> {
              boolean required = schema.getRequired().contains(name);
              page.append(row(path + "." + name, field, required));
              append(page, path + "." + name, field);
              if (field.getItems() != null) {
                append(page, path + "." + name + "[]", field.getItems().getSchema());
              }
            });
  }

  private static String row(String path, JSONSchemaProps field, boolean required) {
    String meaning =
        Stream.concat(Stream.of(description(field)), rules(field).stream())
            .collect(Collectors.joining("<br>"));
    String otherwise =
        required
            ? "**required**"
            : Optional.ofNullable(field.getDefault())
                .filter(value -> !value.isObject())
                .map(value -> "`" + value.asText() + "`")
                .orElse("");
    return "| `"
        + path
        + "` | "
        + value(field)
        + " | "
        + otherwise
        + " | "
        + meaning.replace("|", "\\|").replace("*", "\\*")
        + " |\n";
  }

  /** Without what has a column, or is among the rules. */
  private static String description(JSONSchemaProps field) {
    return field.getDescription().replace(CrdFiles.form(field), "");
  }

  private static List<String> rules(JSONSchemaProps schema) {
    return schema.getXKubernetesValidations().stream()
        .map(ValidationRule::getMessage)
        .map(message -> "Rule: " + message + ".")
        .toList();
  }

  private static String value(JSONSchemaProps field) {
    if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
      return "whole number or string";
    }
    if (!field.getEnum().isEmpty()) {
      return field.getEnum().stream()
          .map(word -> word.asText())
          .collect(Collectors.joining(" or "));
    }
    return switch (field.getType()) {
      case "array" -> "list, " + range(field.getMinItems(), field.getMaxItems()) + " entries";
      case "object" -> "mapping";
      case "string" ->
          field.getMaxLength() == null
              ? "string"
              : "string, " + range(field.getMinLength(), field.getMaxLength()) + " characters";
      case "integer" -> field.getMinimum().longValue() + " to " + field.getMaximum().longValue();
      default -> field.getType();
    };
  }

  private static String range(Long from, Long to) {
    return (from == null ? 0 : from) + " to " + to;
  }
}
