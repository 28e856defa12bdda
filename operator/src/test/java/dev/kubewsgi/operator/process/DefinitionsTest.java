package dev.kubewsgi.operator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kubewsgi.operator.world.Differences;
import dev.kubewsgi.operator.world.Differences.Difference;
import dev.kubewsgi.testing.apiserver.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class DefinitionsTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();

  private FakeApiServer server;
  private KubernetesClient client;
  private ObjectNode schemas;

  @BeforeEach
  void open() throws IOException {
    server = FakeApiServer.start(0);
    client = FakeApiServer.client(server.port());
    schemas = JSON.createObjectNode();
    for (String kind : List.of("DaemonGroup", "ScriptAlias", "WsgiGateway")) {
      schemas.set("dev.kubewsgi.v1alpha1." + kind, schema(kind));
    }
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void areAllMissingWhereNobodyHasInstalledThem() {
    assertEquals(
        Set.of("DaemonGroup", "ScriptAlias", "WsgiGateway"), new Definitions(client).missing());
  }

  @Test
  void areMissingOneByOne() {
    server.put(
        "/apis/kubewsgi.dev/v1alpha1",
        resources("daemongroups", "daemongroups/status", "scriptaliases"));
    assertEquals(
        new TreeSet<>(Set.of("ScriptAlias", "WsgiGateway")), new Definitions(client).missing());
  }

  @Test
  void cannotBeAskedForOfAServerThatIsAway() {
    server.close();
    var definitions = new Definitions(client);
    assertThrows(KubernetesClientException.class, definitions::missing);
  }

  @Test
  void differInNothingFromThemselves() {
    publish();
    assertEquals(Differences.NONE, new Definitions(client).differences());
  }

  @Test
  void differInDefaults() {
    ObjectNode spec = fields("DaemonGroup");
    ((ObjectNode) spec.get("replicas")).put("default", 3);
    ((ObjectNode) spec.get("threads")).remove("default");
    ((ObjectNode) spec.get("image")).put("default", "x");
    publish();
    assertEquals(
        of(
            "DaemonGroup",
            "KW223 The definition of DaemonGroup in the cluster has other defaults than this"
                + " operator: spec.image (\"x\", here none), spec.replicas (3, here 1),"
                + " spec.threads (none, here 15). Write these fields, or upgrade the older of the"
                + " two."),
        new Definitions(client).differences());
  }

  @Test
  void differInNothingWhereNobodySays() {
    assertEquals(Differences.NONE, new Definitions(client).differences());
  }

  @Test
  void areOlderWithoutAField() {
    fields("DaemonGroup").remove("restartedAt");
    publish();
    assertEquals(
        of(
            "DaemonGroup",
            "KW223 The definition of DaemonGroup in the cluster is older than this operator: it"
                + " lacks spec.restartedAt, which cannot be written. Upgrade the definitions.",
            "spec.restartedAt"),
        new Definitions(client).differences());
  }

  @Test
  void areNewerWithAnotherField() {
    ((ObjectNode) fields("WsgiGateway").at("/listeners/items/properties"))
        .putObject("protocol")
        .put("type", "string");
    publish();
    assertEquals(
        of(
            "WsgiGateway",
            "KW223 The definition of WsgiGateway in the cluster is newer than this operator:"
                + " spec.listeners[].protocol are without effect. Upgrade the operator."),
        new Definitions(client).differences());
  }

  private static Differences of(String kind, String sentence, String... lacking) {
    return new Differences(Map.of(kind, new Difference(sentence, Set.of(lacking))));
  }

  /** That discovery is what it is taken for here. */
  @Nested
  @ApiServer
  final class OfARealApiServer {

    @Test
    void areThereAndTheSame(KubernetesClient real) {
      var definitions = new Definitions(real);
      assertEquals(Set.of(), definitions.missing());
      assertEquals(Differences.NONE, definitions.differences());
    }
  }

  private ObjectNode fields(String kind) {
    return (ObjectNode)
        schemas.get("dev.kubewsgi.v1alpha1." + kind).at("/properties/spec/properties");
  }

  private void publish() {
    ObjectNode document = JSON.createObjectNode();
    document.putObject("components").set("schemas", schemas);
    server.put("/openapi/v3/apis/kubewsgi.dev/v1alpha1", document.toString());
  }

  private static String resources(String... names) {
    ObjectNode list =
        JSON.createObjectNode().put("kind", "APIResourceList").put("apiVersion", "v1");
    for (String name : names) {
      list.withArray("resources").addObject().put("name", name);
    }
    return list.toString();
  }

  private static JsonNode schema(String kind) throws IOException {
    String plural =
        kind.equals("ScriptAlias") ? "scriptaliases" : kind.toLowerCase(Locale.ROOT) + "s";
    try (InputStream file =
        DefinitionsTest.class.getResourceAsStream(
            "/dev/kubewsgi/crds/" + plural + ".kubewsgi.dev.yaml")) {
      return YAML.readTree(file).at("/spec/versions/0/schema/openAPIV3Schema");
    }
  }
}
