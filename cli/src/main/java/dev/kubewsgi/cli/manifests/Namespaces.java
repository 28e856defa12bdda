package dev.kubewsgi.cli.manifests;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The labels of namespaces. */
final class Namespaces {

  private final Map<String, Map<String, String>> labels = new HashMap<>();

  Namespaces(List<Document> namespaces) {
    namespaces.forEach(each -> labels.put(each.name(), labels(each)));
  }

  /** Those that its manifest says; none without one. */
  Map<String, String> labels(String namespace) {
    return labels.getOrDefault(namespace, Map.of());
  }

  private static Map<String, String> labels(Document namespace) {
    Map<String, String> texts = new HashMap<>();
    if (namespace.get("metadata", "labels") instanceof Map<?, ?> written) {
      written.forEach((key, value) -> texts.put((String) key, String.valueOf(value)));
    }
    return texts;
  }
}
