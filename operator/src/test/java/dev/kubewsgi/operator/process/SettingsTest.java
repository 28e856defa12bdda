package dev.kubewsgi.operator.process;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.operator.OperatorConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsTest {

  @Test
  void haveDefaultsForEverything() {
    Settings settings = read(Map.of());
    assertEquals(
        new OperatorConfig.Images(
            "ghcr.io/kube-wsgi/gateway:1.2",
            "ghcr.io/kube-wsgi/gateway:1.2",
            "ghcr.io/kube-wsgi/gateway:1.2",
            "ghcr.io/kube-wsgi/git:1.2"),
        settings.config().images());
    assertTrue(settings.config().clusterWide());
    assertEquals("kube-wsgi-secrets", settings.config().secretsRole());
    assertEquals(new OperatorConfig.Account("own", "default"), settings.config().account());
    assertEquals("own", settings.election().orElseThrow().namespace());
    assertEquals(Settings.LogFormat.text, settings.logFormat());
    assertEquals(Optional.empty(), settings.firstGateway());
  }

  /** Each to something else than its default. */
  @Test
  void areTakenFromTheEnvironment() {
    Settings settings =
        read(
            Map.ofEntries(
                entry("KUBE_WSGI_NAMESPACE", "system"),
                entry("KUBE_WSGI_SERVICE_ACCOUNT", "operator"),
                entry("KUBE_WSGI_LEASE", "elected"),
                entry("KUBE_WSGI_POD_NAME", "operator-0"),
                entry("KUBE_WSGI_IMAGES_GATEWAY", "registry.example.com/gateway@sha256:00"),
                entry("KUBE_WSGI_IMAGES_GROUP", "python:3.13"),
                entry("KUBE_WSGI_IMAGES_GIT", "git:2"),
                entry("KUBE_WSGI_NAMESPACES", "web, shop,"),
                entry("KUBE_WSGI_SECRETS_ROLE", "secrets"),
                entry("KUBE_WSGI_LOG_FORMAT", "json"),
                entry("KUBE_WSGI_FIRST_GATEWAY", "/gateway.yaml")));
    assertEquals(
        new OperatorConfig(
            new OperatorConfig.Images(
                "registry.example.com/gateway@sha256:00",
                "registry.example.com/gateway@sha256:00",
                "python:3.13",
                "git:2"),
            new TreeSet<>(Set.of("shop", "web")),
            "secrets",
            new OperatorConfig.Account("system", "operator")),
        settings.config());
    assertEquals(
        Optional.of(new Settings.Election("system", "elected", "operator-0")), settings.election());
    assertEquals(Settings.LogFormat.json, settings.logFormat());
    assertEquals(Optional.of(Path.of("/gateway.yaml")), settings.firstGateway());
    assertEquals("the namespaces shop, web", settings.scope());
  }

  @Test
  void bringTheWorkerFromAnotherImageWhenToldTo() {
    Settings settings = read(Map.of("KUBE_WSGI_IMAGES_WORKER", "worker:1"));
    assertEquals("worker:1", settings.config().images().worker());
  }

  @Test
  void canLeaveTheElectionOut() {
    assertEquals(Optional.empty(), read(Map.of("KUBE_WSGI_LEADER_ELECTION", "false")).election());
  }

  @Test
  void takeWhatIsEmptyForLeftOut() {
    assertEquals(
        read(Map.of()), read(Map.of("KUBE_WSGI_NAMESPACES", "", "KUBE_WSGI_IMAGES_GIT", " ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KUBE_WSGI_NAMESPACE | Web | write the name of a namespace instead of 'Web'",
        "KUBE_WSGI_SERVICE_ACCOUNT | a_b | write the name of a ServiceAccount instead of 'a_b'",
        "KUBE_WSGI_LEASE | a_b | write the name of a Lease instead of 'a_b'",
        "KUBE_WSGI_POD_NAME | -a | write a pod's name instead of '-a'",
        "KUBE_WSGI_SECRETS_ROLE | a/b | write the name of a ClusterRole instead of 'a/b'",
        "KUBE_WSGI_LEADER_ELECTION | yes | write true or false instead of 'yes'",
        "KUBE_WSGI_LOG_FORMAT | xml | write text or json instead of 'xml'",
        "KUBE_WSGI_NAMESPACES | a,B | write names of namespaces, with commas between them; 'B' is none",
        "KUBE_WSGI_IMAGES_GIT | a b | write an image such as registry.example.com/team/site:1.4 instead of 'a b'",
        "KUBE_WSGI_NAMESPCAES | a | there is no such setting; write KUBE_WSGI_NAMESPACES"
      })
  void areRefusedWithWhatToWrite(String variable, String value, String message) {
    var refusal =
        assertThrows(Settings.InvalidException.class, () -> read(Map.of(variable, value)));
    assertEquals(variable + ": " + message, refusal.getMessage());
  }

  @Test
  void areRefusedAllAtOnce() {
    var refusal =
        assertThrows(
            Settings.InvalidException.class,
            () -> read(Map.of("KUBE_WSGI_LOG_FORMAT", "xml", "KUBE_WSGI_POD_NAME", "_")));
    assertEquals(2, refusal.getMessage().lines().count());
  }

  @ParameterizedTest
  @CsvSource({"KUBE_WSGI_JAVA_OPTS", "KUBE_WSGI_PYTHON", "KUBE_WSGI_TEST_KUBECONFIG", "PATH"})
  void doNotMindWhatIsForOthers(String variable) {
    assertEquals(read(Map.of()), read(Map.of(variable, "-x y")));
  }

  @Test
  void areDescribedLineByLine() {
    assertEquals(
        List.of(
            "kube-wsgi operator 1.2",
            "looks after all namespaces",
            "images: gateway ghcr.io/kube-wsgi/gateway:1.2, worker ghcr.io/kube-wsgi/gateway:1.2,"
                + " group ghcr.io/kube-wsgi/gateway:1.2, git ghcr.io/kube-wsgi/git:1.2"),
        read(Map.of()).describe("1.2"));
  }

  private static Settings read(Map<String, String> environment) {
    return Settings.read(environment, "1.2", "own");
  }
}
