package dev.kubewsgi.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.net.HostAndPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminGuardTest {

  private static final HostAndPort LOCALHOST = HostAndPort.create("localhost", 9001);
  private static final HostAndPort POD = HostAndPort.create("10.1.2.3", 9001);

  private final AdminGuard inPod = new AdminGuard("0.0.0.0", true);

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/metrics"})
  void probesAndMetricsOfAPodAreForEverybody(String path) {
    assertTrue(inPod.refusal(path, "10.9.9.9", POD).isEmpty());
  }

  /** The last is where Istio's proxy delivers from what comes from outside the pod. */
  @ParameterizedTest
  @ValueSource(strings = {"10.9.9.9", "127.0.0.6"})
  void theRestOfAPodsAdminPortIsForItselfAlone(String peer) {
    var refusal = inPod.refusal("/api/v1/gateways", peer, LOCALHOST).orElseThrow();
    assertEquals(403, refusal.status());
    assertTrue(refusal.detail().contains("kubectl port-forward"), refusal::detail);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1"})
  void aPortForwardIsAnswered(String peer) {
    assertTrue(inPod.refusal("/", peer, LOCALHOST).isEmpty());
  }

  /** A page of a foreign site, in the browser of whoever forwards the port. */
  @ParameterizedTest
  @CsvSource({"evil.example.com, 421", "10.1.2.3, 421"})
  void aPortForwardUnderAnotherNameIsNot(String host, int status) {
    var refusal = inPod.refusal("/", "127.0.0.1", HostAndPort.create(host, 9001)).orElseThrow();
    assertEquals(status, refusal.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics"})
  void outsideOfPodsTheBoundAddressDecides(String path) {
    assertTrue(new AdminGuard("0.0.0.0", false).refusal(path, "10.9.9.9", POD).isEmpty());
    assertEquals(
        421,
        new AdminGuard("127.0.0.1", false).refusal(path, "127.0.0.1", POD).orElseThrow().status());
  }
}
