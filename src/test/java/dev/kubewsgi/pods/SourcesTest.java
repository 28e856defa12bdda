package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.system.Eventually;
import dev.kubewsgi.system.Site;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the code of an alias comes from. */
@Pods
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourcesTest {

  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: %s}
      data:
        app.py: |
      %s
      ---
      """;

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: %1$s}
      spec: {path: /%1$s, %2$s, source: {%3$s}}
      ---
      """;

  private Scene scene;
  private Site site;

  @BeforeAll
  void apply(Scene scene) {
    this.scene = scene;
    scene.apply(Manifests.GATEWAY + Manifests.group("site", "threads: 2"));
    site = scene.site("main", Manifests.PORT);
  }

  @ParameterizedTest
  @CsvSource({"inline-embedded, ''", "inline-daemon, site"})
  void anEditOfAnInlineSourceIsServedWithoutARestart(String alias, String group) {
    scene.apply(Manifests.alias(alias, group, Manifests.answering("'first'")));
    scene.awaitAnswer(site, "/" + alias, "200 first");
    List<String> pods = pods();
    scene.apply(Manifests.alias(alias, group, Manifests.answering("'second'")));
    scene.awaitAnswer(site, "/" + alias, "200 second");
    assertEquals(pods, pods());
  }

  @ParameterizedTest
  @CsvSource({"map-embedded, ''", "map-daemon, site"})
  void anEditOfAConfigMapIsServedWithoutARestart(String alias, String group) {
    String where = group.isEmpty() ? "" : "processGroup: " + group + ", ";
    scene.apply(
        configMap(alias, "'first'")
            + ALIAS.formatted(
                alias, where + "script: app.py", "configMap: {name: %s}".formatted(alias)));
    scene.awaitAnswer(site, "/" + alias, "200 first");
    List<String> pods = pods();
    scene.apply(configMap(alias, "'second'"));
    scene.awaitAnswer(site, "/" + alias, "200 second");
    assertEquals(pods, pods());
  }

  private static String configMap(String name, String answer) {
    String script = Manifests.answering(answer).indent(4).stripTrailing();
    return CONFIG_MAP.formatted(name, script);
  }

  /** Those that an edit leaves alone; pods of other tests' groups come and go. */
  private List<String> pods() {
    return List.of(
        scene.podsAndRestarts("gateway", "main").toString(),
        scene.podsAndRestarts("group", "site").toString());
  }

  @Test
  void anImageBringsTheCode() {
    scene.apply(
        Manifests.group("image", "threads: 2")
            + fromImage(
                "image",
                "image: {reference: '%s', path: /usr/lib/python3.13/wsgiref}",
                image("gateway")));
    scene.awaitAnswer(site, "/image", "200 Hello world!");
  }

  @Test
  void anImageThatDoesNotExistHoldsTheNewestAloneUntilItIsCorrected() {
    String good = image("gateway");
    scene.apply(
        Manifests.group("held", "threads: 2")
            + fromImage("held", "image: {reference: '%s', path: /usr/lib/python3.13/wsgiref}", good)
            + Manifests.alias("beside", "held", Manifests.answering("'beside'")));
    scene.awaitAnswer(site, "/held", "200 Hello world!");
    scene.awaitAnswer(site, "/beside", "200 beside");
    scene.awaitRollout("held-group");
    List<String> serving = scene.podsAndRestarts("group", "held");

    scene.apply(fromImage("held", "image: {reference: '%s'}", "localhost:1/nobody/has:this"));
    scene.awaitReason("alias", "held", "Ready", "GroupNotReady");
    String message = scene.message("alias", "held", "Ready");
    assertTrue(message.contains("localhost:1/nobody/has:this"), message);
    assertTrue(message.endsWith("What it was before serves meanwhile."), message);
    assertTrue(scene.podsAndRestarts("group", "held").containsAll(serving));
    assertTrue(Scene.answer(site, "/held").startsWith("200 Hello world!"));
    assertEquals("200 beside", Scene.answer(site, "/beside"));
    scene.awaitCondition("alias", "beside", "Ready");

    scene.apply(
        fromImage("held", "image: {reference: '%s', path: /usr/lib/python3.13/wsgiref}", good));
    scene.awaitCondition("alias", "held", "Ready");
    assertTrue(Scene.answer(site, "/held").startsWith("200 Hello world!"));
  }

  private static String fromImage(String alias, String source, String image) {
    return ALIAS.formatted(
        alias,
        "processGroup: %s, script: simple_server.py, callable: demo_app".formatted(alias),
        source.formatted(image));
  }

  @Test
  void aGitSourceSaysThatItsSecretIsMissingAndGoesOnOnceItIsThere() {
    scene.apply(
        Manifests.group("keyless", "threads: 2")
            + ALIAS.formatted(
                "keyless",
                "processGroup: keyless, script: app.py",
                "git: {repository: 'https://git.invalid/code.git', secretName: later}"));
    scene.awaitReason("alias", "keyless", "Ready", "GroupNotReady");
    String message = scene.message("alias", "keyless", "Ready");
    assertTrue(message.contains("there is no Secret later with a key username here"), message);
    scene.kubectl(
        "create",
        "secret",
        "generic",
        "later",
        "--from-literal=username=u",
        "--from-literal=password=p");
    Eventually.isTrue(
        "it is tried again, with the Secret",
        Scene.PATIENCE,
        () -> scene.message("alias", "keyless", "Ready").contains("git.invalid"));
  }

  @Test
  void aGitRepositoryBringsTheCodeOfTheRevisionThatIsNamed(@TempDir Path directory) {
    String repository = GitServer.start(scene, directory, image("git"), image("gateway"));
    scene.apply(Manifests.group("git", "threads: 2") + git(repository, "one"));
    scene.awaitAnswer(site, "/git", "200 one");
    scene.apply(git(repository, "main"));
    scene.awaitAnswer(site, "/git", "200 two");
  }

  private static String git(String repository, String revision) {
    return ALIAS.formatted(
        "git",
        "processGroup: git, script: app.py",
        "git: {repository: '%s', revision: %s, path: site, secretName: %s}"
            .formatted(repository, revision, GitServer.SECRET));
  }

  @Test
  void aVolumeBringsTheCode() {
    String code = "/usr/lib/python3.13/wsgiref/simple_server.py";
    try (var _ = NodeVolume.of(scene, "code", image("gateway"), code)) {
      scene.apply(
          Manifests.group("volume", "threads: 2")
              + ALIAS.formatted(
                  "volume",
                  "processGroup: volume, script: simple_server.py, callable: demo_app",
                  "persistentVolumeClaim: {claimName: code}"));
      scene.awaitAnswer(site, "/volume", "200 Hello world!");
    }
  }

  /** One of the release's, as the operator names them. */
  private String image(String name) {
    String gateway =
        scene.pods("gateway", "main").getFirst().getSpec().getContainers().getFirst().getImage();
    return gateway.replace("/gateway:", "/" + name + ":");
  }
}
