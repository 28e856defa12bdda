package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Turns the nodes of one YAML document into JSON values and notes where each was written. */
final class JsonTree {

  private final Path file;
  private final int linesBefore;
  private final List<Finding> findings;
  private final Map<String, Position> positions = new HashMap<>();
  private final Deque<Node> around = new ArrayDeque<>();

  JsonTree(Path file, int linesBefore, List<Finding> findings) {
    this.file = file;
    this.linesBefore = linesBefore;
    this.findings = findings;
  }

  /** Nothing for an empty document, and for one that is no mapping, which is a finding. */
  Optional<Document> document(Node root) {
    int before = findings.size();
    positions.put("", position(root));
    Object content = value(root, "");
    if (content instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked")
      var fields = (Map<String, Object>) map;
      return Optional.of(new Document(file, fields, positions, findings.size() > before));
    }
    if (content != null) {
      find(
          FindingCode.KW101,
          root,
          "",
          "a manifest is a mapping that starts with apiVersion and kind");
    }
    return Optional.empty();
  }

  private Object value(Node node, String path) {
    if (around.contains(node)) {
      find(FindingCode.KW101, node, path, "this alias is inside what it stands for");
      return null;
    }
    around.push(node);
    Object value =
        switch (node) {
          case ScalarNode scalar -> YamlScalars.value(scalar);
          case SequenceNode sequence -> list(sequence, path);
          case MappingNode mapping -> map(mapping, path);
          default -> throw new IllegalStateException("a composed node is one of three: " + node);
        };
    around.pop();
    return value;
  }

  private List<Object> list(SequenceNode node, String path) {
    List<Object> list = new ArrayList<>();
    for (Node item : node.getValue()) {
      String at = FieldPath.item(path, list.size());
      positions.putIfAbsent(at, position(item));
      list.add(value(item, at));
    }
    return list;
  }

  private Map<String, Object> map(MappingNode node, String path) {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, Object> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        merge(tuple.getValueNode(), path, merged);
      } else {
        put(tuple, path, map);
      }
    }
    merged.forEach(map::putIfAbsent);
    return map;
  }

  private void put(NodeTuple tuple, String path, Map<String, Object> map) {
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      find(FindingCode.KW101, tuple.getKeyNode(), path, "a key is a word, not a list or mapping");
      return;
    }
    String name = key.getValue();
    String at = FieldPath.field(path, name);
    if (map.containsKey(name)) {
      find(
          FindingCode.KW102,
          key,
          at,
          "this key is here twice, first in line "
              + positions.get(at).line()
              + "; keep one of them");
      return;
    }
    positions.put(at, position(key));
    map.put(name, value(tuple.getValueNode(), at));
  }

  /** {@code <<: *name}, or a list of such; what is written beside it wins. */
  private void merge(Node node, String path, Map<String, Object> into) {
    Object value = value(node, path);
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> into.putIfAbsent((String) key, each));
    } else if (value instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map) {
          map.forEach((key, item) -> into.putIfAbsent((String) key, item));
        }
      }
    }
  }

  private void find(FindingCode code, Node node, String path, String message) {
    findings.add(Finding.of(code, position(node), path, message));
  }

  private Position position(Node node) {
    var mark = node.getStartMark();
    return new Position(file, linesBefore + mark.getLine() + 1, mark.getColumn() + 1);
  }
}
