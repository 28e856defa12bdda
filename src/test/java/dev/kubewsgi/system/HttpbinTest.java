package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * httpbin, served in either mode, with the tests of the requests library as its clients: those that
 * ask a httpbin. {@code served_httpbin.py} names the few that cannot pass, with the reasons.
 */
@ExtendWith(OutputOnFailure.class)
class HttpbinTest {

  private static final Pattern PASSED = Pattern.compile("(\\d+) passed");
  private static final int MOST = 150;

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "daemon"})
  void theTestsOfRequestsPass(String mode, @TempDir Path directory) throws Exception {
    String python = PythonPackages.ofAlias();
    TestCertificate certificate = TestCertificate.make(directory);
    int secure = ServedDirectory.freePort();
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
    Path served = Files.createDirectory(directory.resolve("served"));
    Scripts.in(
        served, gateway + certificate.asSecret("www-tls") + alias + python, "httpbin_app.py");
    try (ServedDirectory httpbin = ServedDirectory.of(served)) {
      Map<String, String> environment =
          Map.of(
              "PYTHONPATH",
              Checkout.ROOT.resolve("src/test/python-packages").toString(),
              "KUBE_WSGI_HTTPBIN",
              "http://localhost:" + httpbin.port(),
              "KUBE_WSGI_HTTPBIN_SECURE",
              "https://localhost:" + secure,
              "KUBE_WSGI_HTTPBIN_CA",
              certificate.writeTo(directory.resolve("ca.pem")).toString());
      String said = runPytest(environment);
      Matcher passed = PASSED.matcher(said);
      assertTrue(passed.find() && Integer.parseInt(passed.group(1)) > MOST, said);
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
