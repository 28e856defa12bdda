package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code kube-wsgi-gateway} as a pod runs it, with an embedded application, from start to end. */
@ExtendWith(OutputOnFailure.class)
class PodTest {

  @TempDir static Path directory;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String NAMESPACE = "default";
  private static TestControlPlane plane;

  private final int port = FreePort.find();
  private final int probes = FreePort.find();

  @BeforeAll
  static void startPlane() throws Exception {
    plane = TestControlPlane.start(directory.resolve("plane"));
  }

  @AfterAll
  static void stopPlane() throws Exception {
    if (plane != null) {
      plane.close();
    }
  }

  @Test
  void isReadyOnceItsApplicationsHaveBeenTriedAndUntilItIsToEnd() throws Exception {
    apply(configMap("main-gateway-status", Map.of()));
    try (var gateway =
        CommandLine.start(
            List.of(
                "gateway",
                "--namespace",
                NAMESPACE,
                "--name",
                "main",
                "--probes-port",
                "" + probes,
                "--kubeconfig",
                plane.kubeconfig().toString()),
            Map.of("POD_NAME", "main-0"))) {
      Eventually.isTrue("it lives", () -> status(probes, "/healthz") == 200);
      assertEquals(503, status(probes, "/readyz"));

      apply(configMap("main-gateway-routes-1-0", Map.of("routes.json", SHARD)));
      apply(configMap("main-gateway", Map.of("index.json", INDEX.formatted(port))));
      Eventually.isTrue("it is ready", () -> status(probes, "/readyz") == 200);
      assertEquals("embedded in a pod", get(port, "/").body());
      assertEquals(500, status(port, "/broken"));
      gateway.awaitLine(
          "the access log says so", line -> line.contains("\"GET /broken HTTP/1.1\" 500 "));
      assertTrue(get(probes, "/metrics").body().contains("kubewsgi_cluster_api_reachable 1.0"));
      Eventually.isTrue("it has reported", () -> report().contains("main-0"));

      gateway.terminate();
      Eventually.isTrue("it says so", () -> status(probes, "/readyz") == 503);
      assertEquals("embedded in a pod", get(port, "/").body());
      assertEquals(0, gateway.awaitExit());
      assertTrue(!report().contains("main-0"), PodTest::report);
    }
  }

  private static final String SHARD =
      """
      {"format": 1,
       "routes": [
         {"host": "*", "path": "", "alias": "default/hello", "script": "default.hello/wsgi.py",
          "callable": "application", "applicationGroup": "embedded|default/hello"},
         {"host": "*", "path": "/broken", "alias": "default/broken",
          "script": "default.broken/wsgi.py", "callable": "application",
          "applicationGroup": "embedded|default/broken"}],
       "applicationGroups": [
         {"daemonGroup": null, "id": "embedded|default/hello", "name": "*|", "revision": "r1",
          "scripts": [{"script": "default.hello/wsgi.py", "callable": "application"}],
          "python": {"home": null, "path": []}, "env": {},
          "files": {"default.hello/wsgi.py": "def application(environ, start_response):\\n    start_response('200 OK', [])\\n    return [b'embedded in a pod']\\n"}},
         {"daemonGroup": null, "id": "embedded|default/broken", "name": "*|/broken",
          "revision": "r1",
          "scripts": [{"script": "default.broken/wsgi.py", "callable": "application"}],
          "python": {"home": null, "path": []}, "env": {},
          "files": {"default.broken/wsgi.py": "import nothing_of_that_name\\n"}}]}
      """;

  private static final String INDEX =
      """
      {"format": 1, "shards": 1,
       "gateway": {
         "id": "default/main",
         "listeners": [{"name": "http", "address": "127.0.0.1", "port": %d, "tls": null}],
         "embedded": {"threads": 2, "queue": {"maxLength": 100, "timeout": 30},
                      "startupTimeout": 30},
         "limits": {"requestLine": 8190, "headers": 65536, "body": 0},
         "timeouts": {"header": 30, "idle": 30, "body": 30, "write": 30, "graceful": 5},
         "trustedProxies": [], "accessLog": true},
       "daemonGroups": []}
      """;

  private static String configMap(String name, Map<String, String> data) {
    var map = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata:\n");
    map.append("  name: ").append(name).append("\n  namespace: ").append(NAMESPACE);
    map.append("\ndata:\n");
    data.forEach(
        (key, text) -> map.append("  ").append(key).append(": |\n").append(text.indent(4)));
    return map.toString();
  }

  private static void apply(String manifest) throws IOException, InterruptedException {
    plane.kubectl(manifest, "apply", "--server-side", "-f", "-");
  }

  private static String report() {
    try {
      return plane.kubectl(
          "", "get", "configmap", "main-gateway-status", "-n", NAMESPACE, "-o", "yaml");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int status(int port, String path) {
    try {
      return get(port, path).statusCode();
    } catch (IOException | InterruptedException e) {
      return 0; // not listening yet, or not any more
    }
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }
}
