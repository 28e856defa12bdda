package dev.kubewsgi.operator.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Collection;
import java.util.List;

/** What of statuses can be written: all but the fields that the cluster's definition lacks. */
final class ServedFields {

  private static final String STATUS = "status";
  private static final String ITEMS = "[]";

  private final KubernetesSerialization serialization;

  /** Below the status. */
  private final List<String> lacking;

  /**
   * Of the statuses of a kind.
   *
   * @param lacking what its definition lacks, from the object's root: {@code status.claims[].host}
   */
  ServedFields(KubernetesSerialization serialization, Collection<String> lacking) {
    this.serialization = serialization;
    this.lacking =
        lacking.stream()
            .filter(each -> each.startsWith(STATUS + "."))
            .map(each -> each.substring(STATUS.length() + 1))
            .toList();
  }

  /** Whether two statuses are the same where they can be written. */
  boolean areEqual(Object one, Object other) {
    return one.equals(other) || (!lacking.isEmpty() && of(one).equals(of(other)));
  }

  /** An object with as much of its status as can be written. */
  String json(CustomResource<?, ?> object) {
    ObjectNode json = serialization.convertValue(object, ObjectNode.class);
    json.set(STATUS, of(object.getStatus()));
    return serialization.asJson(json);
  }

  private JsonNode of(Object status) {
    JsonNode json = serialization.convertValue(status, JsonNode.class);
    lacking.forEach(path -> remove(path, json));
    return json;
  }

  private static void remove(String path, JsonNode from) {
    int end = path.indexOf('.');
    if (end < 0) {
      if (from instanceof ObjectNode object) {
        object.remove(path);
      }
      return;
    }
    String field = path.substring(0, end);
    String rest = path.substring(end + 1);
    if (field.endsWith(ITEMS)) {
      from.path(field.substring(0, field.length() - ITEMS.length()))
          .forEach(item -> remove(rest, item));
    } else {
      remove(rest, from.path(field));
    }
  }
}
