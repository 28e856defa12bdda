package dev.kubewsgi.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kubewsgi.routes.UnreadableDocumentException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads one JSON object of a document. A field that is not as it has to be is an exception. */
final class DocumentReader {

  private static final double MILLIS = 1000;

  private final String path;
  private final JsonNode object;

  private DocumentReader(String path, JsonNode object) {
    this.path = path;
    this.object = object;
  }

  /** Reads one value from an object. */
  @FunctionalInterface
  interface Part<T> {
    T read(DocumentReader object) throws UnreadableDocumentException;
  }

  /** Reads one member of an object. */
  @FunctionalInterface
  interface Member<T> {
    T read(DocumentReader object, String name) throws UnreadableDocumentException;
  }

  /**
   * Parses a document.
   *
   * @param name what to call it in messages
   */
  static DocumentReader of(String name, String json) throws UnreadableDocumentException {
    try {
      JsonNode node = Mapper.JSON.readTree(json);
      if (!node.isObject()) {
        throw damaged(name + " is no JSON object");
      }
      return new DocumentReader(name, node);
    } catch (JsonProcessingException e) {
      throw damaged(name + " is not JSON: " + e.getOriginalMessage());
    }
  }

  String text(String name) throws UnreadableDocumentException {
    return checked(name, JsonNode::isTextual, "a string").textValue();
  }

  Optional<String> optionalText(String name) throws UnreadableDocumentException {
    return isNull(name) ? Optional.empty() : Optional.of(text(name));
  }

  long whole(String name) throws UnreadableDocumentException {
    return checked(name, JsonNode::isIntegralNumber, "a whole number").longValue();
  }

  int count(String name) throws UnreadableDocumentException {
    return checked(name, JsonNode::isInt, "a whole number").intValue();
  }

  Optional<Integer> optionalCount(String name) throws UnreadableDocumentException {
    return isNull(name) ? Optional.empty() : Optional.of(count(name));
  }

  boolean truth(String name) throws UnreadableDocumentException {
    return checked(name, JsonNode::isBoolean, "true or false").booleanValue();
  }

  Duration seconds(String name) throws UnreadableDocumentException {
    double seconds = checked(name, JsonNode::isNumber, "a number of seconds").doubleValue();
    return Duration.ofMillis(Math.round(seconds * MILLIS));
  }

  List<String> texts(String name) throws UnreadableDocumentException {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : checked(name, JsonNode::isArray, "a list")) {
      texts.add(each.textValue());
    }
    return texts;
  }

  Map<String, String> textsByKey(String name) throws UnreadableDocumentException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (var each : checked(name, JsonNode::isObject, "an object").properties()) {
      texts.put(each.getKey(), each.getValue().textValue());
    }
    return texts;
  }

  /** Nothing where it is absent, as in documents from before there was such a member. */
  <T> Optional<T> ifThere(String name, Member<T> member) throws UnreadableDocumentException {
    return object.has(name) ? Optional.of(member.read(this, name)) : Optional.empty();
  }

  <T> T object(String name, Part<T> part) throws UnreadableDocumentException {
    JsonNode child = checked(name, JsonNode::isObject, "an object");
    return part.read(new DocumentReader(path + "." + name, child));
  }

  <T> Optional<T> optionalObject(String name, Part<T> part) throws UnreadableDocumentException {
    return isNull(name) ? Optional.empty() : Optional.of(object(name, part));
  }

  <T> List<T> list(String name, Part<T> part) throws UnreadableDocumentException {
    List<T> items = new ArrayList<>();
    for (JsonNode each : checked(name, JsonNode::isArray, "a list")) {
      items.add(part.read(new DocumentReader(path + "." + name + "[" + items.size() + "]", each)));
    }
    return items;
  }

  private boolean isNull(String name) {
    return object.path(name).isNull();
  }

  private JsonNode checked(String name, Predicate<JsonNode> isRight, String wanted)
      throws UnreadableDocumentException {
    JsonNode value = object.path(name);
    if (!isRight.test(value)) {
      throw damaged(path + "." + name + " is not " + wanted);
    }
    return value;
  }

  private static UnreadableDocumentException damaged(String message) {
    return new UnreadableDocumentException(Reason.DAMAGED, message);
  }

  /** Made with the first document, which standalone mode never reads. */
  private static final class Mapper {
    static final ObjectMapper JSON = new ObjectMapper();
  }
}
