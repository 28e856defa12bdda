package dev.kubewsgi.cli.manifests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The texts in ConfigMaps. Only those that an alias names are looked into. */
final class ConfigMaps {

  /** As an API server has it. */
  private static final Pattern KEY = Pattern.compile("(?![.]{1,2}$|[.]{2})[-._a-zA-Z0-9]{1,253}");

  private final Map<String, Document> documents = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> used = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  ConfigMaps(List<Document> configMaps) {
    configMaps.forEach(each -> documents.putIfAbsent(each.namespace() + "/" + each.name(), each));
  }

  Optional<Map<String, String>> find(String namespace, String name) {
    String id = namespace + "/" + name;
    return Optional.ofNullable(documents.get(id))
        .map(document -> used.computeIfAbsent(id, _ -> texts(document)));
  }

  /** About those that were asked for, and notes about those that were not. */
  List<Finding> findings() {
    List<Finding> all = new ArrayList<>(findings);
    documents.forEach(
        (id, document) -> {
          if (!used.containsKey(id)) {
            all.add(
                document.finding(
                    FindingCode.KW104, "", "ConfigMap " + id + " is the source of no alias"));
          }
        });
    return all;
  }

  private Map<String, String> texts(Document document) {
    if (document.get("binaryData") != null) {
      find(
          document,
          "binaryData",
          "files of a source are texts; write them under data, or put the others into an image");
    }
    Map<String, String> texts = new TreeMap<>();
    if (document.get("data") instanceof Map<?, ?> data) {
      data.forEach((key, value) -> add(document, (String) key, value, texts));
    }
    return texts;
  }

  private void add(Document document, String key, Object value, Map<String, String> texts) {
    String field = FieldPath.field("data", key);
    if (!KEY.matcher(key).matches()) {
      find(document, field, "a key is at most 253 letters, digits and '-_.'");
    } else if (value instanceof String text) {
      texts.put(key, text);
    } else {
      find(
          document,
          field,
          "this has to be a string, not " + Json.typeOf(value) + "; write it in quotes");
    }
  }

  private void find(Document document, String field, String message) {
    findings.add(document.finding(FindingCode.KW138, field, message));
  }
}
