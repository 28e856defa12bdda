package dev.kubewsgi.operator.pods;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Kubernetes' strategic merge patch for pod templates: objects merge field by field, null takes a
 * field away, lists that have a merge key merge by it, every other list and value replaces. {@code
 * $patch: delete} takes an object or a list's entry away, {@code $patch: replace} puts it in the
 * place of what was there; as an entry of its own, {@code $patch: replace} replaces the whole list.
 */
final class StrategicMerge {

  private static final String DIRECTIVE = "$patch";

  /** The patchMergeKey tags of k8s.io/api/core/v1 that are reached from a PodTemplateSpec. */
  private static final Map<String, String> MERGE_KEYS =
      Map.ofEntries(
          Map.entry("containers", "name"),
          Map.entry("initContainers", "name"),
          Map.entry("ephemeralContainers", "name"),
          Map.entry("volumes", "name"),
          Map.entry("imagePullSecrets", "name"),
          Map.entry("schedulingGates", "name"),
          Map.entry("resourceClaims", "name"),
          Map.entry("env", "name"),
          Map.entry("ports", "containerPort"),
          Map.entry("volumeMounts", "mountPath"),
          Map.entry("volumeDevices", "devicePath"),
          Map.entry("hostAliases", "ip"),
          Map.entry("topologySpreadConstraints", "topologyKey"));

  private final Consumer<String> findings;

  /**
   * @param findings takes what of a patch has no meaning, with the field that it is in
   */
  StrategicMerge(Consumer<String> findings) {
    this.findings = findings;
  }

  /** What comes out when a patch is applied; neither of the two is changed. */
  ObjectNode merge(ObjectNode base, ObjectNode patch, String path) {
    return switch (directive(patch, path)) {
      case REPLACE -> withoutDirectives(patch, path);
      case DELETE -> JsonNodeFactory.instance.objectNode();
      case MERGE -> fields(base, patch, path);
    };
  }

  private ObjectNode fields(ObjectNode base, ObjectNode patch, String path) {
    ObjectNode merged = base.deepCopy();
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      if (name.equals(DIRECTIVE)) {
        continue;
      }
      if (field.getValue().isNull()) {
        merged.remove(name);
      } else {
        merged.set(name, value(base.path(name), field.getValue(), name, path + "." + name));
      }
    }
    return merged;
  }

  private JsonNode value(JsonNode base, JsonNode patch, String name, String path) {
    if (patch instanceof ObjectNode object) {
      return merge(base instanceof ObjectNode there ? there : object.objectNode(), object, path);
    }
    if (patch instanceof ArrayNode list && MERGE_KEYS.containsKey(name)) {
      return entries(base, list, MERGE_KEYS.get(name), path);
    }
    return patch.deepCopy();
  }

  /** Entries that were there keep their places; new ones come after them. */
  private ArrayNode entries(JsonNode base, ArrayNode patch, String key, String path) {
    Map<String, JsonNode> merged = new LinkedHashMap<>();
    if (!replacesAll(patch)) {
      base.forEach(entry -> merged.put(entry.path(key).asText(), entry));
    }
    for (int i = 0; i < patch.size(); i++) {
      entry(merged, patch.get(i), key, path + "[" + i + "]");
    }
    return JsonNodeFactory.instance.arrayNode().addAll(merged.values());
  }

  private static boolean replacesAll(ArrayNode patch) {
    for (JsonNode entry : patch) {
      if (isReplacement(entry)) {
        return true;
      }
    }
    return false;
  }

  /** {@code {$patch: replace}} and nothing else. */
  private static boolean isReplacement(JsonNode entry) {
    return entry.size() == 1 && entry.path(DIRECTIVE).asText().equals("replace");
  }

  private void entry(Map<String, JsonNode> merged, JsonNode entry, String key, String path) {
    if (isReplacement(entry)) {
      return;
    }
    if (!(entry instanceof ObjectNode object) || !object.path(key).isValueNode()) {
      findings.accept(
          path + ": write " + key + ", by which the entries of this list are told apart");
      return;
    }
    String identity = object.path(key).asText();
    if (object.path(DIRECTIVE).asText().equals("delete")) {
      merged.remove(identity);
    } else {
      JsonNode there = merged.getOrDefault(identity, object.objectNode());
      merged.put(identity, value(there, object, "", path));
    }
  }

  private ObjectNode withoutDirectives(ObjectNode patch, String path) {
    return fields(patch.objectNode(), patch, path);
  }

  private Directive directive(ObjectNode patch, String path) {
    JsonNode directive = patch.path(DIRECTIVE);
    return switch (directive.asText()) {
      case "" -> Directive.MERGE;
      case "merge" -> Directive.MERGE;
      case "delete" -> Directive.DELETE;
      case "replace" -> Directive.REPLACE;
      default -> {
        findings.accept(path + ".$patch: write delete, replace or merge");
        yield Directive.MERGE;
      }
    };
  }

  private enum Directive {
    MERGE,
    DELETE,
    REPLACE
  }
}
