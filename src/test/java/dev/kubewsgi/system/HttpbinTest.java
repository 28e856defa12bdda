package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.testing.FreePort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * httpbin, served in either mode, with the tests of the requests library as its clients: those that
 * ask a httpbin. {@code served_httpbin.py} names the few that cannot pass, with the reasons.
 */
@ExtendWith(OutputOnFailure.class)
class HttpbinTest {

  private static final Pattern PASSED = Pattern.compile("(\\d+) passed");
  private static final int MOST = 150;

  @Test
  void theTestsOfRequestsPassInBothModes(@TempDir Path directory) throws Exception {
    PythonPackages.home();
    var modes = Stream.of("embedded", "daemon");
    var runs = modes.map(mode -> CompletableFuture.supplyAsync(() -> run(mode, directory)));
    // Both are started before one is waited for.
    for (CompletableFuture<String> run : runs.toList()) {
      String said = run.join();
      Matcher passed = PASSED.matcher(said);
      assertTrue(passed.find() && Integer.parseInt(passed.group(1)) > MOST, said);
    }
  }

  private static String run(String mode, Path directory) {
    try {
      return ask(mode, Files.createDirectories(directory.resolve(mode).resolve("served")));
    } catch (Exception e) {
      throw new AssertionError(mode + " mode", e);
    }
  }

  private static String ask(String mode, Path served) throws Exception {
    TestCertificate certificate = TestCertificate.make(served.getParent());
    int secure = FreePort.find();
    String gateway =
        """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: main}
        spec:
          listeners: [{name: http, port: 8000}, {name: https, port: %d, tls: {secretName: www-tls}}]
          embedded: {enabled: true, threads: 15}
        """
            .formatted(secure);
    // Its brotlicffi is made by cffi, whose extension module only the main interpreter can have.
    String alias =
        mode.equals("embedded")
            ? Scripts.embedded("/", "httpbin_app.py") + "  applicationGroup: '%{GLOBAL}'\n"
            : Scripts.group("site1", 1, 15) + Scripts.inGroup("site1", "/", "httpbin_app.py");
    Scripts.in(
        served,
        gateway + certificate.asSecret("www-tls") + alias + PythonPackages.ofAlias(),
        "httpbin_app.py");
    try (ServedDirectory httpbin = ServedDirectory.of(served)) {
      return runPytest(
          Map.of(
              "PYTHONPATH",
              Checkout.ROOT.resolve("src/test/python-packages").toString(),
              "KUBE_WSGI_HTTPBIN",
              "http://localhost:" + httpbin.port(),
              "KUBE_WSGI_HTTPBIN_SECURE",
              "https://localhost:" + secure,
              "KUBE_WSGI_HTTPBIN_CA",
              certificate.writeTo(served.resolveSibling("ca.pem")).toString()));
    }
  }

  private static String runPytest(Map<String, String> environment) throws Exception {
    Path home = PythonPackages.home();
    Path suite;
    try (Stream<Path> files = Files.list(home)) {
      suite =
          files
              .filter(file -> file.getFileName().toString().startsWith("requests-"))
              .filter(Files::isDirectory)
              .findFirst()
              .orElseThrow();
    }
    ProcessBuilder pytest =
        new ProcessBuilder(
                List.of(
                    home.resolve("bin/python").toString(),
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "served_httpbin",
                    "-p",
                    "no:cacheprovider",
                    "-W",
                    "ignore",
                    "tests/test_requests.py"))
            .directory(suite.toFile())
            .redirectErrorStream(true);
    pytest.environment().putAll(environment);
    Process process = pytest.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
