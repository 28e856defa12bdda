package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The alias that a script without a manifest stands for. */
final class LoneScript {

  private LoneScript() {}

  static Document document(Path script) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("script", script.toAbsolutePath().normalize().toString());
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("apiVersion", Definition.API_VERSION);
    content.put("kind", "ScriptAlias");
    content.put("metadata", new LinkedHashMap<>(Map.of("name", "script")));
    content.put("spec", spec);
    return new Document(script, content, Map.of("", new Position(script, 0, 0)), false);
  }
}
