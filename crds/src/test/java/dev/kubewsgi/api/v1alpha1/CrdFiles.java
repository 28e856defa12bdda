package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Makes the CustomResourceDefinitions of the kinds, each with the sentence that explains it. */
final class CrdFiles {

  static final Map<Class<? extends HasMetadata>, String> KINDS =
      Map.of(
          WsgiGateway.class,
          "The server that terminates HTTP, runs aliases in its own process (embedded) and hands"
              + " others to daemon groups: what the Apache server is to mod_wsgi.",
          DaemonGroup.class,
          "A named set of worker processes and threads that aliases run in: what"
              + " WSGIDaemonProcess is to mod_wsgi.",
          ScriptAlias.class,
          "Maps hosts and a URL path to a WSGI script and says where the script runs: what"
              + " WSGIScriptAlias, WSGIProcessGroup and WSGIApplicationGroup are to mod_wsgi.");

  private static final Map<String, String> CONDITION_FIELDS =
      Map.of(
          "type", "What the condition is about.",
          "status", "True, False or Unknown.",
          "reason", "Why, in one word; docs/conditions.md says what to do about each.",
          "message", "Why, and what to do, as a sentence.",
          "lastTransitionTime", "When the status last became another one.",
          "observedGeneration", "Generation of the spec that the condition is about.");

  /** From what it is to how it is; what -o wide adds stands where it belongs. */
  private static final List<String> COLUMNS =
      List.of(
          "Route",
          "Gateway",
          "Mode",
          "Application Group",
          "Ready",
          "Processes",
          "Threads",
          "Aliases",
          "Embedded",
          "Address",
          "Reason",
          "Age");

  private CrdFiles() {}

  /**
   * Writes one file.
   *
   * @param directory an empty directory
   * @return the file, named {@code <plural>.<group>.yaml}
   */
  @SuppressWarnings("unchecked")
  static Path generate(Class<?> kind, Path directory) throws IOException {
    new CRDGenerator()
        .withMinQuotes(true)
        .withPostProcessor(
            new io.fabric8.crdv2.generator.CRDPostProcessor() {
              @Override
              public HasMetadata process(HasMetadata crd, String version) {
                return complete((CustomResourceDefinition) crd, KINDS.get(kind));
              }
            })
        .customResourceClasses((Class<? extends HasMetadata>) kind)
        .inOutputDir(directory.toFile())
        .detailedGenerate();
    try (var files = Files.list(directory)) {
      Path made = files.findFirst().orElseThrow();
      return Files.move(
          made, made.resolveSibling(made.getFileName().toString().replace("-v1.yml", ".yaml")));
    }
  }

  /** What the generator has no annotation for. */
  private static CustomResourceDefinition complete(CustomResourceDefinition crd, String what) {
    CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setDescription(what);
    root.setRequired(List.of("spec"));
    root.getProperties().get("spec").setDescription("What is wanted.");
    JSONSchemaProps status = root.getProperties().get("status");
    status.setDescription("What is so, as the operator sees it.");
    conditionsByType(status.getProperties().get("conditions"));
    root.getProperties().get("spec").getProperties().values().stream()
        .filter(field -> Boolean.TRUE.equals(field.getXKubernetesPreserveUnknownFields()))
        .forEach(CrdFiles::keepEverything);
    eachRuleOnce(root);
    sayForms(root.getProperties().get("spec"));
    version.setAdditionalPrinterColumns(inOrder(version.getAdditionalPrinterColumns()));
    return crd;
  }

  /** One condition of each type: what lets two writers own one each. */
  private static void conditionsByType(JSONSchemaProps conditions) {
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("type", "status", "reason", "message", "lastTransitionTime"));
    CONDITION_FIELDS.forEach(
        (name, what) -> condition.getProperties().get(name).setDescription(what));
  }

  /** A schema for the values of a map would have all that is in those values taken away. */
  private static void keepEverything(JSONSchemaProps schema) {
    schema.setAdditionalProperties(null);
  }

  /** The generator reads an annotation of a record's component from its field and its accessor. */
  private static void eachRuleOnce(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    schema.getProperties().values().forEach(CrdFiles::eachRuleOnce);
    if (schema.getItems() != null) {
      eachRuleOnce(schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      eachRuleOnce(schema.getAdditionalProperties().getSchema());
    }
  }

  /** What kubectl explain has no other place for. */
  private static void sayForms(JSONSchemaProps schema) {
    schema
        .getProperties()
        .values()
        .forEach(
            field -> {
              field.setDescription(field.getDescription() + form(field));
              sayForms(field);
            });
    if (schema.getItems() != null) {
      sayForms(schema.getItems().getSchema());
    }
  }

  /** The end of a field's description: how a duration is written, and what holds unwritten. */
  static String form(JSONSchemaProps field) {
    boolean duration =
        field.getXKubernetesValidations().stream()
            .anyMatch(rule -> rule.getRule().startsWith(Rules.DURATION));
    JsonNode otherwise = field.getDefault();
    return (duration ? " A duration such as 45s, 1m30s or 500ms." : "")
        + (otherwise == null || otherwise.isObject()
            ? ""
            : " Default: " + otherwise.asText() + ".");
  }

  private static List<CustomResourceColumnDefinition> inOrder(
      List<CustomResourceColumnDefinition> columns) {
    return columns.stream()
        .sorted(Comparator.comparing(column -> COLUMNS.indexOf(column.getName())))
        .toList();
  }
}
