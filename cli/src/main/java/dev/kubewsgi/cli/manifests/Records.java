package dev.kubewsgi.cli.manifests;

import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Binds validated JSON values to the records of the kinds. An ObjectMapper would do the same, but
 * takes 200 ms of every start to learn the records.
 */
final class Records {

  private Records() {}

  /**
   * Binds a mapping.
   *
   * @param fields no other than the record has, each of its type; one that is missing becomes null
   */
  static <T> T bind(Map<String, Object> fields, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(each -> value(fields.get(each.getName()), each.getGenericType()))
            .toArray();
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record of the kinds has a public constructor: " + type, e);
    }
  }

  private static Object value(Object value, Type type) {
    if (value == null) {
      return null;
    }
    if (type instanceof ParameterizedType collection) {
      return collection(value, collection);
    }
    Class<?> wanted = (Class<?>) type;
    if (wanted.isRecord()) {
      return bind(Json.map(value), wanted);
    }
    if (wanted.isEnum()) {
      return Arrays.stream(wanted.getEnumConstants())
          .filter(each -> each.toString().equals(value))
          .findFirst()
          .orElseThrow();
    }
    return scalar(value, wanted);
  }

  private static Object collection(Object value, ParameterizedType type) {
    Type item = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
    if (type.getRawType() == List.class) {
      return Json.list(value).stream().map(each -> value(each, item)).toList();
    }
    Map<String, Object> map = new LinkedHashMap<>();
    Json.map(value).forEach((key, each) -> map.put(key, value(each, item)));
    return map;
  }

  private static Object scalar(Object value, Class<?> wanted) {
    if (wanted == Integer.class) {
      return ((Number) value).intValue();
    }
    if (wanted == Long.class) {
      return ((Number) value).longValue();
    }
    if (wanted == Quantity.class) {
      return new Quantity(value.toString(), ""); // As it is: whoever needs the number parses it.
    }
    return wanted.cast(value);
  }
}
