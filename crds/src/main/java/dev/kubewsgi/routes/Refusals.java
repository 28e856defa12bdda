package dev.kubewsgi.routes;

import dev.kubewsgi.routes.Refusal.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects refusals in whatever order they are found. */
final class Refusals {

  private final Map<String, List<Refusal>> found = new LinkedHashMap<>();

  /**
   * Makes an empty collection.
   *
   * @param objects every object that something can be refused of, in the order of the result
   */
  Refusals(List<? extends HasMetadata> objects) {
    objects.forEach(object -> found.put(key(object), new ArrayList<>()));
  }

  void add(HasMetadata object, Reason reason, String field, String about, String message) {
    found
        .get(key(object))
        .add(
            new Refusal(
                reason,
                object.getKind(),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                field,
                about,
                message));
  }

  List<Refusal> inOrder() {
    return found.values().stream().flatMap(List::stream).toList();
  }

  private static String key(HasMetadata object) {
    return object.getKind() + " " + RouteCompiler.id(object);
  }
}
