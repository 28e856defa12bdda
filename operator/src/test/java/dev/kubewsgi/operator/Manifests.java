package dev.kubewsgi.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Manifests as an API server would hand them out: with the defaults of the definitions. */
public final class Manifests {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "DaemonGroup", DaemonGroup.class,
          "WsgiGateway", WsgiGateway.class,
          "ScriptAlias", ScriptAlias.class);

  private Manifests() {}

  /** A group called site1 of namespace web, with a spec as in a manifest. */
  public static DaemonGroup group(String spec) {
    return (DaemonGroup) named("DaemonGroup", "site1", spec);
  }

  /** A gateway called main of namespace web. */
  public static WsgiGateway gateway(String spec) {
    return (WsgiGateway) named("WsgiGateway", "main", spec);
  }

  /** An alias of namespace web. */
  public static ScriptAlias alias(String name, String spec) {
    return (ScriptAlias) named("ScriptAlias", name, spec);
  }

  private static HasMetadata named(String kind, String name, String spec) {
    return all("""
            apiVersion: kubewsgi.dev/v1alpha1
            kind: %s
            metadata: {namespace: web, name: %s, uid: 00000000-0000-0000-0000-000000000001}
            spec:
            %s
            """
            .formatted(kind, name, spec.indent(2)))
        .getFirst();
  }

  /** Each document of a file. */
  public static List<HasMetadata> all(String text) {
    try {
      List<HasMetadata> objects = new ArrayList<>();
      for (JsonNode document :
          YAML.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll()) {
        objects.add(object((ObjectNode) document));
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HasMetadata object(ObjectNode document) throws IOException {
    Class<? extends HasMetadata> kind = KINDS.get(document.get("kind").asText());
    if (!document.path("spec").isObject()) {
      document.putObject("spec");
    }
    setDefaults(document, schema(kind));
    return YAML.treeToValue(document, kind);
  }

  private static JsonNode schema(Class<? extends HasMetadata> kind) throws IOException {
    String name = HasMetadata.getPlural(kind) + "." + HasMetadata.getGroup(kind) + ".yaml";
    try (InputStream file = Manifests.class.getResourceAsStream("/dev/kubewsgi/crds/" + name)) {
      return YAML.readTree(file).at("/spec/versions/0/schema/openAPIV3Schema");
    }
  }

  private static void setDefaults(JsonNode value, JsonNode schema) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode preset = property.getValue().path("default");
                if (!object.has(property.getKey()) && !preset.isMissingNode()) {
                  object.set(property.getKey(), preset.deepCopy());
                }
                setDefaults(object.path(property.getKey()), property.getValue());
              });
    }
    if (value.isArray()) {
      value.forEach(item -> setDefaults(item, schema.path("items")));
    }
  }
}
