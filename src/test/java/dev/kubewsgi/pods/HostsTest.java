package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.system.RawAnswer;
import dev.kubewsgi.system.Site;
import java.net.URI;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who answers at the gateway's Service, by the host and path that a client asks for. */
@Pods
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostsTest {

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: %1$s}
      spec:
        hosts: ["%2$s"]
        path: /cart
        script: app.py
        processGroup: "%4$s"
        source:
          inline:
            app.py: |
              def application(environ, start_response):
                  start_response("200 OK", [("Content-Length", "%3$d")])
                  return [b"%1$s"]
      ---
      """;

  private Site site;

  @BeforeAll
  void apply(Scene scene) {
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("site", "threads: 2")
            + alias("shop", "shop.example.com", "site")
            + alias("branches", "*.branches.example.com", "site")
            + alias("kiosk", "kiosk.example.com", "%{GLOBAL}"));
    scene.awaitCondition("alias", "--all", "Ready");
    site = scene.site("main", Manifests.PORT);
  }

  private static String alias(String name, String host, String group) {
    return ALIAS.formatted(name, host, name.length(), group);
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example.com, /cart, shop",
    "shop.example.com, /cart/1, shop",
    "SHOP.example.com:8000, /cart, shop",
    "north.branches.example.com, /cart, branches",
    "kiosk.example.com, /cart, kiosk",
  })
  void anAliasAnswersWhereItsHostAndPathAreAskedFor(String host, String path, String alias) {
    RawAnswer answer = get(host, path);
    assertEquals("200 " + alias, answer.status() + " " + answer.body());
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example.com, /",
    "shop.example.com, /carts",
    "www.example.com, /cart",
    "branches.example.com, /cart",
  })
  void nobodyAnswersElsewhere(String host, String path) {
    assertEquals(404, get(host, path).status());
  }

  /** Java's own client sends no host but that of the address. */
  private RawAnswer get(String host, String path) {
    URI url = site.url(path);
    return RawAnswer.to(
        url.getHost(),
        url.getPort(),
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
  }
}
