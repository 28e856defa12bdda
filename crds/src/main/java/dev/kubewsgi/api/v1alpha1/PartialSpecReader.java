package dev.kubewsgi.api.v1alpha1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;

/**
 * For kinds on which others depend: what cannot be read counts as not written, with the
 * definition's default in its place. A field that has to be written takes the whole spec with it.
 */
final class PartialSpecReader extends WholeSpecReader {

  private static final YAMLMapper YAML = new YAMLMapper();

  @Override
  WholeSpecReader forAnyKind() {
    return new PartialSpecReader();
  }

  /** At most two fields deep: half of a selector would choose more than the whole. */
  @Override
  boolean mend(JsonNode spec, Class<?> type, JsonMappingException failure) {
    List<String> path =
        failure.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .takeWhile(name -> name != null)
            .toList();
    if (path.isEmpty() || !(spec instanceof ObjectNode root)) {
      return false;
    }
    Field outer = field(type, path.getFirst());
    if (path.size() > 1 && outer.getType().isRecord()) {
      Field inner = field(outer.getType(), path.get(1));
      if (!inner.isAnnotationPresent(Required.class)) {
        unwrite((ObjectNode) root.get(outer.getName()), inner);
        return true;
      }
    }
    if (outer.isAnnotationPresent(Required.class)) {
      return false;
    }
    unwrite(root, outer);
    return true;
  }

  private static void unwrite(ObjectNode object, Field field) {
    object.remove(field.getName());
    addDefault(object, field);
  }

  /** As an API server does: also those of what is within a default. */
  private static void addDefault(ObjectNode object, Field field) {
    Default written = field.getAnnotation(Default.class);
    if (written == null) {
      return;
    }
    try {
      object.set(field.getName(), YAML.readTree(written.value()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the default of " + field, e);
    }
    if (object.get(field.getName()) instanceof ObjectNode within) {
      for (Field each : field.getType().getDeclaredFields()) {
        if (!Modifier.isStatic(each.getModifiers())) {
          addDefault(within, each);
        }
      }
    }
  }

  private static Field field(Class<?> type, String name) {
    try {
      return type.getDeclaredField(name);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }
}
