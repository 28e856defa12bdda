package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.system.Site;
import org.junit.jupiter.api.Test;

/** A gateway whose listener has no certificate yet. */
@Pods
class CertificatesTest {

  private static final String GATEWAY =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: WsgiGateway
      metadata: {name: main}
      spec:
        listeners:
        - {name: http, port: %d}
        - {name: https, port: 8443, tls: {secretName: not-issued-yet}}
        embedded: {enabled: true}
      ---
      """;

  @Test
  void servesByItsOthersAndSaysWhatIsMissing(Scene scene) {
    scene.apply(
        GATEWAY.formatted(Manifests.PORT)
            + Manifests.alias("app", "", Manifests.answering("'here'")));
    Site site = scene.site("main", Manifests.PORT);
    scene.awaitAnswer(site, "/app", "200 here");
    scene.awaitCondition("wgw", "main", "ResolvedRefs=False");
    String message =
        scene.kubectl(
            "get",
            "wgw",
            "main",
            "--output=jsonpath={.status.conditions[?(@.type=='ResolvedRefs')].message}");
    assertTrue(message.contains("not-issued-yet"), message);
  }
}
