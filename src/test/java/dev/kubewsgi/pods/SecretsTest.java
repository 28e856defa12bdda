package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may speak to a group's pods. */
@Pods
@ResourceLock("pods of its gateway: its tests follow one another")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsTest {

  /** What a pod of the cluster gets that dials a supervisor with a secret of its own. */
  private static final String STRANGER =
      """
      import socket, sys
      with socket.create_connection((sys.argv[1], 9000), 5) as connection:
          connection.sendall(
              b"GET /.kubewsgi/events HTTP/1.1\\r\\nHost: x\\r\\n" + sys.argv[2].encode()
              + b"\\r\\n\\r\\n")
          print(connection.recv(4096).decode())
      """;

  private Scene scene;
  private Site site;

  @BeforeAll
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("site", "threads: 5")
            + Manifests.group("other", "threads: 1")
            + Manifests.alias("app", "site", Manifests.answering("'here'")));
    scene.awaitCondition("alias", "app", "Ready");
    scene.awaitCondition("dg", "other", "Ready");
    site = scene.site("main", Manifests.PORT);
    assumeTrue(!Scene.isForwarded(site), "a gateway that is rolled cuts a port-forward");
    scene.awaitAnswer(site, "/app", "200 here");
  }

  @Test
  void theSecretIsRotatedWhileItServes() {
    List<String> pods = scene.podsAndRestarts("group", "site");
    String before = secret();
    try (var clients = new Asking(site, "/app")) {
      scene.patch("dg", "site", "{\"spec\": {\"secretRotatedAt\": \"2026-01-02T03:04:05Z\"}}");
      Eventually.isTrue("another secret", Scene.PATIENCE, () -> !secret().equals(before));
      scene.kubectl("rollout", "restart", "deployment/main-gateway");
      scene.awaitRollout("main-gateway");
      assertEquals(Set.of("200 here"), clients.answers());
    }
    assertEquals("200 here", Scene.answer(site, "/app"));
    assertEquals(pods, scene.podsAndRestarts("group", "site"));
  }

  private String secret() {
    return scene.kubectl("get", "secret", "site-group", "--output=jsonpath={.data.current}");
  }

  /** The tests' cluster has no network policies: whoever dials is heard, and told. */
  @ParameterizedTest
  @CsvSource({
    "gateway, main, Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000",
    "gateway, main, X-Nothing: 1",
    "group, other, Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000",
    "group, other, X-Nothing: 1"
  })
  void whoDialsAWorkerWithoutItsSecretIsRefused(String component, String owner, String header) {
    String address = scene.pods("group", "site").getFirst().getStatus().getPodIP();
    String pod = scene.podNames(component, owner).getFirst();
    String answer = scene.kubectl("exec", pod, "--", "python3", "-c", STRANGER, address, header);
    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
    assertNotEquals("", secret());
    assertEquals("200 here", Scene.answer(site, "/app"));
  }
}
