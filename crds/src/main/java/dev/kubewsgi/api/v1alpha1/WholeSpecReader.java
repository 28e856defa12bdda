package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.util.ClassUtil;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads an object whose definition may be of a later release. One that failed to be read would end
 * the watch that brings it, and with it that of all others: a spec that cannot be read is null, and
 * {@link Unreadable} names the field.
 */
class WholeSpecReader extends JsonDeserializer<CustomResource<?, ?>>
    implements ContextualDeserializer {

  private JavaType kind;

  @Override
  public JsonDeserializer<?> createContextual(
      DeserializationContext context, BeanProperty property) {
    WholeSpecReader reader = forAnyKind();
    reader.kind = context.getContextualType();
    return reader;
  }

  WholeSpecReader forAnyKind() {
    return new WholeSpecReader();
  }

  @Override
  public CustomResource<?, ?> deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode tree = context.readTree(parser);
    @SuppressWarnings("unchecked")
    var object =
        (CustomResource<Object, Object>) ClassUtil.createInstance(kind.getRawClass(), true);
    JavaType[] parts = kind.findTypeParameters(CustomResource.class);
    List<String> unreadable = new ArrayList<>();
    if (tree.hasNonNull("metadata")) {
      object.setMetadata(context.readTreeAsValue(tree.get("metadata"), ObjectMeta.class));
    }
    object.setSpec(spec(context, tree.path("spec"), parts[0], unreadable));
    object.setStatus(status(context, tree.path("status"), parts[1]));
    Unreadable.note(object.getMetadata(), unreadable);
    return object;
  }

  private Object spec(
      DeserializationContext context, JsonNode tree, JavaType type, List<String> unreadable)
      throws IOException {
    while (!tree.isMissingNode()) {
      try {
        return context.readTreeAsValue(tree, type);
      } catch (JsonMappingException e) {
        String field = "spec" + path(e);
        boolean again = !unreadable.contains(field) && mend(tree, type.getRawClass(), e);
        unreadable.add(field);
        if (!again) {
          return null;
        }
      }
    }
    return null;
  }

  /** One that cannot be read is written anew. */
  private static Object status(DeserializationContext context, JsonNode tree, JavaType type)
      throws IOException {
    try {
      return tree.isMissingNode() ? null : context.readTreeAsValue(tree, type);
    } catch (JsonMappingException e) {
      return null;
    }
  }

  private static String path(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(
            step ->
                step.getFieldName() == null
                    ? "[" + step.getIndex() + "]"
                    : "." + step.getFieldName())
        .collect(Collectors.joining());
  }

  /**
   * Puts something into a spec for what cannot be read in it.
   *
   * @return whether that could be done
   */
  boolean mend(JsonNode spec, Class<?> type, JsonMappingException failure) {
    return false;
  }
}
