package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gateway of a directory that declares none: it takes every alias, whatever gateway it names.
 */
final class ImplicitGateway {

  private static final String NAMESPACE = "default";
  private static final String NAME = "main";
  private static final int PORT = 8000;
  private static final Path FILE = Path.of("implicit-gateway");

  private ImplicitGateway() {}

  static Document document() {
    return new Document(
        FILE,
        fields(
            "apiVersion",
            Definition.API_VERSION,
            "kind",
            "WsgiGateway",
            "metadata",
            fields("name", NAME, "namespace", NAMESPACE),
            "spec",
            fields(
                "listeners", List.of(fields("name", "http", "port", (long) PORT)),
                "embedded", fields("enabled", true, "allowedNamespaces", "All"),
                "aliases", fields("namespaces", fields("from", "All")))),
        Map.of("", new Position(FILE, 0, 0)),
        false);
  }

  private static Map<String, Object> fields(Object... keysAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return fields;
  }

  /** Names this gateway in a valid object, if that is an alias. */
  static void attach(Document document) {
    if (document.kind().equals("ScriptAlias")) {
      Json.map(document.get("spec")).put("gateway", NAMESPACE + "/" + NAME);
    }
  }
}
