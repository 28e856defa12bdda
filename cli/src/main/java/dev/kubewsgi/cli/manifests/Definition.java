package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A kind's CustomResourceDefinition: the rule book that an API server has too. Each is read when
 * the first object of its kind is met, because start-up waits for it.
 *
 * @param schema the openAPIV3Schema of the version
 * @param types checks of types, bounds and unknown fields
 * @param rules checks of the CEL rules
 */
record Definition(String kind, Map<String, Object> schema, SchemaCheck types, RuleCheck rules) {

  static final String API_VERSION = "kubewsgi.dev/v1alpha1";

  private static final Map<String, String> FILES =
      Map.of(
          "WsgiGateway", "wsgigateways.kubewsgi.dev.yaml",
          "DaemonGroup", "daemongroups.kubewsgi.dev.yaml",
          "ScriptAlias", "scriptaliases.kubewsgi.dev.yaml");

  private static final Map<String, Definition> READ = new ConcurrentHashMap<>();

  static List<String> kinds() {
    return FILES.keySet().stream().sorted().toList();
  }

  /**
   * The definition of a kind.
   *
   * @param kind one of {@link #kinds()}
   */
  static Definition of(String kind) {
    return READ.computeIfAbsent(kind, Definition::read);
  }

  private static Definition read(String kind) {
    String file = "/dev/kubewsgi/crds/" + FILES.get(kind);
    try (InputStream in = WsgiGateway.class.getResourceAsStream(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Document crd = YamlReader.read(Path.of(file), text).documents().getFirst();
      List<Object> versions = Json.list(crd.get("spec", "versions"));
      Map<String, Object> schema =
          Json.map(Json.map(Json.map(versions.getFirst()).get("schema")).get("openAPIV3Schema"));
      return new Definition(kind, schema, new SchemaCheck(schema), new RuleCheck(schema));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
