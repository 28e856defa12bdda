package dev.kubewsgi.cli.manifests;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON values as the schema validator wants them. An ObjectMapper would do the same, but takes 100
 * ms of every start to be made.
 */
final class JsonNodes {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonNodes() {}

  static JsonNode of(Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case Map<?, ?> map -> {
        ObjectNode node = NODES.objectNode();
        map.forEach((key, each) -> node.set((String) key, of(each)));
        yield node;
      }
      case List<?> list -> {
        ArrayNode node = NODES.arrayNode();
        list.forEach(each -> node.add(of(each)));
        yield node;
      }
      case String text -> NODES.stringNode(text);
      case Boolean truth -> NODES.booleanNode(truth);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
    };
  }
}
