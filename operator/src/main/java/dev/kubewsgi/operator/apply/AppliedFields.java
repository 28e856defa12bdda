package dev.kubewsgi.operator.apply;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Tells whether what was applied still stands, so that nothing is written when nothing would
 * change.
 *
 * <p>An object says in {@code metadata.managedFields} which of its fields our field manager applied
 * last and nobody has changed since. Those fields alone, with their values, are compared with what
 * is wanted: what the API server or others added is none of our business, a field that somebody
 * changed is not ours any more and therefore missing, and a field that is no longer wanted is ours
 * still and therefore too much. The notation is that of the API server (FieldsV1).
 */
final class AppliedFields {

  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /** Fields that name the object; nobody manages them. */
  private static final Set<String> IDENTITY = Set.of("apiVersion", "kind");

  private static final Set<String> METADATA_IDENTITY =
      Set.of("name", "namespace", "uid", "resourceVersion");

  /** Where values are quantities, which the API server writes in its own way. */
  private static final Set<String> QUANTITIES = Set.of("limits", "requests", "sizeLimit");

  private AppliedFields() {}

  static boolean match(HasMetadata existing, HasMetadata desired) {
    return applied(existing)
        .map(fields -> same("", select(fields, tree(existing)), wanted(desired)))
        .orElse(false);
  }

  private static Optional<Map<String, Object>> applied(HasMetadata existing) {
    return existing.getMetadata().getManagedFields().stream()
        .filter(entry -> Names.MANAGER.equals(entry.getManager()))
        .filter(entry -> "Apply".equals(entry.getOperation()) && entry.getSubresource() == null)
        .map(ManagedFieldsEntry::getFieldsV1)
        .filter(Objects::nonNull)
        .map(fields -> fields.getAdditionalProperties())
        .findFirst();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(HasMetadata object) {
    return JSON.convertValue(object, Map.class);
  }

  private static Map<String, Object> wanted(HasMetadata desired) {
    Map<String, Object> tree = tree(desired);
    tree.keySet().removeAll(IDENTITY);
    if (tree.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.keySet().removeAll(METADATA_IDENTITY);
      tree.entrySet().removeIf(field -> field.getValue() == metadata && metadata.isEmpty());
    }
    return tree;
  }

  /** The part of a value that the fields name; all of it where they go no further. */
  private static Object select(Map<String, Object> fields, Object value) {
    return switch (value) {
      case Map<?, ?> map when namesParts(fields, "f:") -> selectFields(fields, map);
      case List<?> list when namesParts(fields, "k:") || namesParts(fields, "v:") ->
          selectItems(fields, list);
      case Map<?, ?> map when fields.containsKey(".") -> Map.of();
      case List<?> list when fields.containsKey(".") -> List.of();
      default -> value;
    };
  }

  private static boolean namesParts(Map<String, Object> fields, String prefix) {
    return fields.keySet().stream().anyMatch(key -> key.startsWith(prefix));
  }

  private static Map<String, Object> selectFields(Map<String, Object> fields, Map<?, ?> map) {
    Map<String, Object> selected = new LinkedHashMap<>();
    fields.forEach(
        (key, inner) -> {
          String name = key.substring(key.indexOf(':') + 1);
          if (key.startsWith("f:") && map.containsKey(name)) {
            selected.put(name, select(asFields(inner), map.get(name)));
          }
        });
    return selected;
  }

  /** In the order of the list, for order means something in most of them. */
  private static List<Object> selectItems(Map<String, Object> fields, List<?> list) {
    ItemNames names = ItemNames.in(fields);
    List<Object> selected = new ArrayList<>();
    for (Object item : list) {
      names.of(item).ifPresent(inner -> selected.add(select(inner, item)));
    }
    return selected;
  }

  /**
   * What names the items of a list, read once: items are by the hundred where owners share an
   * object.
   *
   * @param keys what tells items apart: {@code k:{"name":"workers"}} has the one key {@code name}
   * @param byKey the values of those keys in an item, to the fields of it
   * @param byValue items without keys, {@code v:"a"}, to their fields
   */
  private record ItemNames(
      Set<Set<String>> keys,
      Map<Map<String, Object>, Map<String, Object>> byKey,
      Map<Object, Map<String, Object>> byValue) {

    static ItemNames in(Map<String, Object> fields) {
      var names = new ItemNames(new HashSet<>(), new HashMap<>(), new HashMap<>());
      fields.forEach((name, inner) -> names.add(name, asFields(inner)));
      return names;
    }

    @SuppressWarnings("unchecked")
    private void add(String name, Map<String, Object> inner) {
      if (name.startsWith("k:")) {
        Map<String, Object> key = JSON.unmarshal(name.substring(2), Map.class);
        keys.add(key.keySet());
        byKey.put(key, inner);
      } else if (name.startsWith("v:")) {
        byValue.put(JSON.unmarshal(name.substring(2), Object.class), inner);
      }
    }

    /** The fields of an item; empty: it is not named. */
    Optional<Map<String, Object>> of(Object item) {
      return Optional.ofNullable(byValue.get(item))
          .or(() -> item instanceof Map<?, ?> map ? ofMap(map) : Optional.empty());
    }

    private Optional<Map<String, Object>> ofMap(Map<?, ?> item) {
      return keys.stream()
          .map(names -> byKey.get(valuesOf(item, names)))
          .filter(Objects::nonNull)
          .findFirst();
    }

    private static Map<String, Object> valuesOf(Map<?, ?> item, Set<String> names) {
      Map<String, Object> values = new HashMap<>();
      names.stream().filter(item::containsKey).forEach(name -> values.put(name, item.get(name)));
      return values;
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asFields(Object inner) {
    return inner instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static boolean same(String field, Object left, Object right) {
    return switch (left) {
      case Map<?, ?> a when right instanceof Map<?, ?> b -> sameFields(field, a, b);
      case List<?> a when right instanceof List<?> b -> sameItems(field, a, b);
      case null, default -> Objects.equals(left, right) || sameAmount(field, left, right);
    };
  }

  private static boolean sameFields(String field, Map<?, ?> left, Map<?, ?> right) {
    return left.keySet().equals(right.keySet())
        && left.entrySet().stream()
            .allMatch(
                entry ->
                    same(
                        QUANTITIES.contains(field) ? field : (String) entry.getKey(),
                        entry.getValue(),
                        right.get(entry.getKey())));
  }

  private static boolean sameItems(String field, List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!same(field, left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameAmount(String field, Object left, Object right) {
    return QUANTITIES.contains(field)
        && left instanceof String a
        && right instanceof String b
        && sameAmount(a, b);
  }

  /** What is no quantity is another than whatever stands, and the API server's to refuse. */
  private static boolean sameAmount(String a, String b) {
    try {
      return new Quantity(a).equals(new Quantity(b));
    } catch (ArithmeticException | IllegalArgumentException noQuantity) {
      return false;
    }
  }
}
