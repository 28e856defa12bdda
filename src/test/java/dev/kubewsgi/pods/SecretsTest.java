package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may speak to a group's pods. */
@Pods
class SecretsTest {

  /** What a pod of the cluster gets that dials a supervisor with a secret of its own. */
  private static final String STRANGER =
      """
      import socket, sys
      with socket.create_connection((sys.argv[1], 9000), 5) as connection:
          connection.sendall(
              b"GET /.kubewsgi/events HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer "
              + sys.argv[2].encode() + b"\\r\\n\\r\\n")
          print(connection.recv(4096).decode())
      """;

  private Scene scene;
  private Site site;

  @BeforeEach
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("site", "threads: 5")
            + Manifests.alias("app", "site", Manifests.answering("'here'")));
    scene.awaitCondition("alias", "app", "Ready");
    site = scene.site("main", Manifests.PORT);
    scene.awaitAnswer(site, "/app", "200 here");
  }

  @Test
  void theSecretIsRotatedWhileItServes() {
    List<String> pods = scene.podsAndRestarts("group", "site");
    String before = secret();
    scene.patch("dg", "site", "{\"spec\": {\"secretRotatedAt\": \"2026-01-02T03:04:05Z\"}}");
    Eventually.isTrue("another secret", Scene.PATIENCE, () -> !secret().equals(before));
    assertEquals("200 here", Scene.answer(site, "/app"));
    scene.kubectl("rollout", "restart", "deployment/main-gateway");
    scene.awaitRollout("main-gateway");
    scene.awaitAnswer(site, "/app", "200 here");
    assertEquals(pods, scene.podsAndRestarts("group", "site"));
  }

  private String secret() {
    return scene.kubectl("get", "secret", "site-group", "--output=jsonpath={.data.current}");
  }

  @Test
  void aStrangerWhoDialsAWorkerIsRefused() {
    String address = scene.pods("group", "site").getFirst().getStatus().getPodIP();
    String gateway = scene.podNames("gateway", "main").getFirst();
    String answer =
        scene.kubectl("exec", gateway, "--", "python3", "-c", STRANGER, address, "0".repeat(64));
    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
    assertNotEquals("", secret());
    assertEquals("200 here", Scene.answer(site, "/app"));
  }
}
