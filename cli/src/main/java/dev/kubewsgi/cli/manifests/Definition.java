package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A kind's CustomResourceDefinition: the rule book that an API server has too. Each is read when
 * the first object of its kind is met, because start-up waits for it, and from the form of it that
 * the build of crds makes for this.
 *
 * @param schema the openAPIV3Schema of the version
 * @param types checks of types, bounds and unknown fields
 * @param rules checks of the CEL rules
 */
record Definition(String kind, Map<String, Object> schema, SchemaCheck types, RuleCheck rules) {

  static final String API_VERSION = "kubewsgi.dev/v1alpha1";

  private static final List<String> KINDS = List.of("DaemonGroup", "ScriptAlias", "WsgiGateway");

  private static final Map<String, Definition> READ = new ConcurrentHashMap<>();

  static List<String> kinds() {
    return KINDS;
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
    try (InputStream in =
        WsgiGateway.class.getResourceAsStream("/dev/kubewsgi/schemas/" + kind + ".json")) {
      Map<String, Object> schema = Json.map(JsonText.read(in));
      return new Definition(kind, schema, new SchemaCheck(schema), new RuleCheck(schema));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
