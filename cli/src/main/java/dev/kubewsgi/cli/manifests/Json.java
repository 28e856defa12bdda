package dev.kubewsgi.cli.manifests;

import java.util.List;
import java.util.Map;

/** Views of JSON values whose shape is known. */
final class Json {

  private Json() {}

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  /** An empty map where there is no value. */
  static Map<String, Object> mapOrEmpty(Object value) {
    return value == null ? Map.of() : map(value);
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  /** An empty list where there is no value. */
  static List<Object> listOrEmpty(Object value) {
    return value == null ? List.of() : list(value);
  }

  /** The type as a user calls it. */
  static String typeOf(Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> map -> "a mapping";
      case List<?> list -> "a list";
      case String text -> "the string \"" + text + "\"";
      case Boolean truth -> "the boolean " + truth;
      default -> "the number " + value;
    };
  }

  /** Maps and lists anew, so that changes to one copy do not reach another. */
  static Object copy(Object value) {
    return switch (value) {
      case null -> null;
      case Map<?, ?> map -> {
        Map<String, Object> copy = new java.util.LinkedHashMap<>();
        map.forEach((key, each) -> copy.put((String) key, copy(each)));
        yield copy;
      }
      case List<?> list ->
          list.stream().map(Json::copy).collect(java.util.stream.Collectors.toList());
      default -> value;
    };
  }
}
