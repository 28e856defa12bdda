package dev.kubewsgi.cli.manifests;

import java.nio.file.Path;
import java.util.Map;

/**
 * One YAML document as JSON values: maps in the order of the file, lists, strings, Long, Double,
 * Boolean and null. The maps and lists can be changed, to fill in defaults.
 *
 * @param content the top-level mapping
 * @param positions where each field was written, by its path; the empty path is the document
 * @param flawed whether something of it was left out, with a finding: fit to be checked further,
 *     but not to be served
 */
record Document(
    Path file, Map<String, Object> content, Map<String, Position> positions, boolean flawed) {

  /** A place in a file; lines and columns count from 1. */
  record Position(Path file, int line, int column) {}

  /** The place of a field, or of the nearest field around it that was written. */
  Position position(String field) {
    String at = field;
    while (!positions.containsKey(at)) {
      at = FieldPath.parent(at);
    }
    return positions.get(at);
  }

  Finding finding(FindingCode code, String field, String message) {
    return Finding.of(code, position(field), field, message);
  }

  /** A field on the way given, or null where there is none. */
  Object get(String... way) {
    Object value = content;
    for (String step : way) {
      value = value instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return value;
  }

  /** A text field, or the other text where it is absent or no text. */
  String text(String otherwise, String... way) {
    return get(way) instanceof String text ? text : otherwise;
  }

  /** {@code kind namespace/name}. */
  String id() {
    return kind() + " " + namespace() + "/" + name();
  }

  String kind() {
    return text("", "kind");
  }

  String name() {
    return text("", "metadata", "name");
  }

  String namespace() {
    return text("default", "metadata", "namespace");
  }
}
