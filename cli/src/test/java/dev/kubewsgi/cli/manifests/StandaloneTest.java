package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.Preload;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneTest {

  private static final String HEAD = "apiVersion: kubewsgi.dev/v1alpha1\n";

  @TempDir private Path directory;

  @BeforeEach
  void scripts() throws IOException {
    write("app.wsgi", "");
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static String alias(String name, String spec) {
    return HEAD + "kind: ScriptAlias\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n";
  }

  private static String gateway(String name, String spec) {
    return HEAD + "kind: WsgiGateway\nmetadata: {name: " + name + "}\nspec: {" + spec + "}\n";
  }

  private Compilation compile() {
    return Standalone.compile(directory, OptionalInt.empty());
  }

  private RouteTable onlyTable() {
    Compilation compilation = compile();
    assertEquals(List.of(), compilation.findings());
    assertEquals(1, compilation.tables().size());
    return compilation.tables().getFirst();
  }

  private List<String> said() {
    return compile().findings().stream()
        .map(finding -> finding.toString().replace(directory + "/", ""))
        .toList();
  }

  @Test
  void directoryWithoutGatewayGetsOneThatTakesEveryAlias() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi, gateway: whatever"));
    write(
        "b.yaml",
        alias("b", "script: app.wsgi, path: /b")
            .replace("{name: b}", "{name: b, namespace: team}"));
    RouteTable table = onlyTable();
    assertEquals("default/main", table.gateway().id());
    assertEquals(
        List.of(new Listener("http", "127.0.0.1", 8000, Optional.empty())),
        table.gateway().listeners());
    assertTrue(table.gateway().embedded().isPresent());
    assertEquals(
        List.of("default/a", "team/b"), table.routes().stream().map(Route::alias).toList());
  }

  @Test
  void portOptionIsForTheFirstListenerOfTheFirstGateway() throws IOException {
    write(
        "a.yaml",
        gateway("main", "listeners: [{name: a, port: 1}, {name: b, port: 2}]")
            + "---\n"
            + gateway("other", "listeners: [{name: c, port: 3}]"));
    Compilation compilation = Standalone.compile(directory, OptionalInt.of(0));
    assertEquals(
        List.of(0, 2, 3),
        compilation.tables().stream()
            .flatMap(table -> table.gateway().listeners().stream())
            .map(Listener::port)
            .toList());
  }

  @Test
  void fileNamesAreRelativeToTheirManifest() throws IOException {
    write("sub/app.wsgi", "");
    write(
        "sub/a.yaml",
        HEAD
            + "kind: DaemonGroup\nmetadata: {name: g}\nspec: {workingDir: ., python: {home: venv}}\n"
            + "---\n"
            + alias(
                "a", "script: ./app.wsgi, processGroup: g, python: {path: [../lib, /usr/lib/x]}"));
    RouteTable table = onlyTable();
    assertEquals(directory + "/sub/app.wsgi", table.routes().getFirst().script());
    assertEquals(Optional.of(directory + "/sub"), table.daemonGroups().getFirst().workingDir());
    assertEquals(
        Optional.of(directory + "/sub/venv"), table.applicationGroups().getFirst().python().home());
    assertEquals(
        List.of(directory + "/lib", "/usr/lib/x"),
        table.applicationGroups().getFirst().python().path());
  }

  @Test
  void claimsAreInTheOrderOfFilesAndDocuments() throws IOException {
    write("b.yaml", alias("b", "script: app.wsgi"));
    write("a/z.yml", alias("z1", "script: app.wsgi") + "---\n" + alias("z2", "script: app.wsgi"));
    write("a/app.wsgi", "");
    assertEquals("default/z1", compile().tables().getFirst().routes().getFirst().alias());
    String taken =
        ": KW126 spec.path: path / is already served by ScriptAlias default/z1, which came first;"
            + " write another path or host";
    assertEquals(List.of("a/z.yml:9:1" + taken, "b.yaml:4:1" + taken), said());
  }

  @Test
  void otherTreesAreNotRead() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi"));
    write("venv/pyvenv.cfg", "");
    for (String tree : List.of("venv/lib", ".git", "node_modules/x", "__pycache__")) {
      write(tree + "/bad.yaml", "}");
    }
    onlyTable();
  }

  @Test
  void editorsFilesLoopsAndDeadLinksLeaveTheRest() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi"));
    Files.createSymbolicLink(directory.resolve(".#a.yaml"), Path.of("user@host.1"));
    Files.createSymbolicLink(directory.resolve("loop"), directory);
    onlyTable();
    Files.createSymbolicLink(directory.resolve("dead.yaml"), Path.of("gone"));
    assertEquals(List.of("KW111"), compile().findings().stream().map(Finding::code).toList());
    assertEquals(1, compile().tables().getFirst().routes().size());
  }

  @Test
  void byteOrderMarkAndCarriageReturnsAreTaken() throws IOException {
    write("a.yaml", "\uFEFF" + alias("a", "script: app.wsgi").replace("\n", "\r\n"));
    onlyTable();
  }

  @Test
  void foreignObjectsAreNoted() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi"));
    write("b.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n");
    write("compose.yaml", "services: {}\n");
    assertEquals(
        List.of(
            "b.yaml:1:1: KW104 note: v1 Service is not read here",
            "compose.yaml:1:1: KW104 note: a document without apiVersion and kind is not read here"),
        said());
    assertTrue(!compile().hasErrors());
  }

  @Test
  void objectDeclaredTwiceIsRefusedWithTheFirstPlace() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi"));
    write("b.yaml", alias("a", "script: app.wsgi, path: /b"));
    assertEquals(1, said().size());
    assertTrue(
        said().getFirst().startsWith("b.yaml:3:12: KW110 metadata.name: ScriptAlias default/a is"),
        said()::toString);
    assertTrue(said().getFirst().contains("a.yaml:3"), said()::toString);
  }

  @Test
  void whatAnInvalidObjectLeavesWithoutItsTargetIsSentToItsErrors() throws IOException {
    write("a.yaml", alias("a", "script: app.wsgi, processGroup: g"));
    write("g.yaml", HEAD + "kind: DaemonGroup\nmetadata: {name: g}\nspec: {threads: 0}\n");
    List<String> said = said();
    assertEquals(2, said.size());
    assertTrue(
        said.getFirst().contains("KW123 spec.processGroup: DaemonGroup default/g has errors in"),
        said::toString);
  }

  @Test
  void missingScriptIsAnErrorButKeepsItsRoute() throws IOException {
    write("a.yaml", alias("a", "script: gone.wsgi"));
    assertEquals(
        List.of(
            "a.yaml:4:8: KW301 spec.script: there is no file gone.wsgi; a relative path starts at"
                + " the manifest's directory"),
        said());
    assertEquals(1, compile().tables().getFirst().routes().size());
  }

  @Test
  void gatewaysOfOneMachineHaveDifferentPorts() throws IOException {
    write("a.yaml", gateway("a", "listeners: [{name: http, port: 8080}]"));
    write(
        "b.yaml", gateway("b", "listeners: [{name: http, port: 8080}, {name: other, port: 8081}]"));
    assertEquals(
        List.of(
            "b.yaml:4:8: KW130 spec.listeners: listener http is not opened: WsgiGateway default/a"
                + " has port 8080 of this machine; write another port"),
        said());
    assertEquals(1, compile().tables().get(1).gateway().listeners().size());
  }

  @Test
  void listenerTakesItsCertificateFromASecretBeside() throws IOException {
    write("a.yaml", gateway("a", "listeners: [{name: s, port: 8443, tls: {secretName: www}}]"));
    String crt = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
    String key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n";
    String secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: www}\ntype: kubernetes.io/tls\n";
    write(
        "s.yaml", secret + "data: {tls.crt: " + base64(crt) + ", tls.key: " + base64(key) + "}\n");
    assertEquals(
        Optional.of(new Tls.Pem(crt, key)), onlyTable().gateway().listeners().getFirst().tls());

    write("s.yaml", secret + "data: {tls.crt: " + base64(key) + "}\n");
    assertEquals(
        List.of(
            "KW128 spec.listeners[0].tls.secretName", "KW129 data[tls.key]", "KW129 data[tls.crt]"),
        compile().findings().stream()
            .map(finding -> finding.code() + " " + finding.field())
            .toList());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void revisionFollowsTheScriptsTimeAndSize() throws IOException {
    Path script = directory.resolve("app.wsgi");
    FileTime time = Files.getLastModifiedTime(script);
    write("a.yaml", alias("a", "script: app.wsgi"));
    String before = revision();
    assertEquals(before, revision());
    Files.setLastModifiedTime(script, FileTime.fromMillis(time.toMillis() + 1));
    assertNotEquals(before, revision());
    Files.writeString(script, "x");
    Files.setLastModifiedTime(script, time);
    assertNotEquals(before, revision());
  }

  private String revision() {
    return onlyTable().applicationGroups().getFirst().revision();
  }

  @Test
  void preloadedScriptsAreWatchedLookedForAndRelativeToTheirManifest() throws IOException {
    write("warm.py", "");
    write(
        "a.yaml",
        HEAD
            + "kind: DaemonGroup\nmetadata: {name: g}\n"
            + "spec: {preload: [{module: shop}, {script: warm.py}]}\n---\n"
            + alias("a", "script: app.wsgi, processGroup: g"));
    assertEquals(
        List.of(new Preload.Module("shop"), new Preload.Script(directory + "/warm.py")),
        onlyTable().applicationGroups().getFirst().preload());
    assertTrue(compile().watchedFiles().contains(directory.resolve("warm.py")));
    String before = revision();
    write("warm.py", "x");
    assertNotEquals(before, revision());
    Files.delete(directory.resolve("warm.py"));
    assertEquals(
        List.of(
            "a.yaml:4:35: KW301 spec.preload[1].script: there is no file warm.py; a relative path"
                + " starts at the manifest's directory"),
        said());
  }

  @Test
  void manifestsAndScriptsAreWatchedValidOrNot() throws IOException {
    write("a.yaml", alias("a", "script: gone.wsgi"));
    write("b.yaml", "}");
    assertEquals(
        Set.of(
            directory.resolve("a.yaml"),
            directory.resolve("b.yaml"),
            directory.resolve("gone.wsgi")),
        compile().watchedFiles());
  }

  @Test
  void directoryWithoutManifestsIsAnError() {
    assertEquals(List.of("KW111"), compile().findings().stream().map(Finding::code).toList());
  }

  @Test
  void scriptAloneIsServedEmbeddedOnEveryPath() {
    Compilation compilation =
        Standalone.script(directory.resolve("app.wsgi"), OptionalInt.of(9000));
    assertEquals(List.of(), compilation.findings());
    RouteTable table = compilation.tables().getFirst();
    assertEquals(9000, table.gateway().listeners().getFirst().port());
    assertEquals(
        List.of(
            new Route(
                "*",
                "",
                "default/script",
                directory + "/app.wsgi",
                "application",
                "embedded|default/script")),
        table.routes());
    assertEquals(Set.of(directory.resolve("app.wsgi")), compilation.watchedFiles());
  }

  @Test
  void anchorsAndMergesAreUnderstood() throws IOException {
    write(
        "a.yaml",
        alias("a", "script: app.wsgi").replace("spec: {", "spec: {env: [&e {name: A, value: x}], ")
            + "---\n"
            + HEAD
            + "kind: ScriptAlias\nmetadata: {name: b}\nspec:\n  script: &s app.wsgi\n  path: /b\n"
            + "  env:\n  - &v {name: A, value: x}\n  - {<<: *v, name: B}\n");
    RouteTable table = onlyTable();
    assertEquals("x", table.applicationGroups().get(1).env().get("B"));
  }

  private static final String INLINE = "script: a.py, source: {inline: {a.py: x = 1, b.py: z}}";

  @Test
  void inlineFilesAreServedFromTheManifestAlone() throws IOException {
    Path manifest = write("a.yaml", alias("a", INLINE + ", python: {path: [.]}"));
    ApplicationGroup group = onlyTable().applicationGroups().getFirst();
    assertEquals(Map.of("default/a/a.py", "x = 1", "default/a/b.py", "z"), group.files());
    assertEquals("default/a/a.py", group.scripts().getFirst().script());
    assertEquals(List.of("default/a"), group.python().path());
    assertEquals(Set.of(manifest), compile().watchedFiles());
  }

  @Test
  void configMapBesideIsASourceAndOneThatNoAliasNamesIsANote() throws IOException {
    write("a.yaml", alias("a", "script: a.py, source: {configMap: {name: code}}"));
    write("code.yaml", configMap("code", "data: {a.py: x = 1}"));
    assertEquals(
        Map.of("default/a/a.py", "x = 1"), onlyTable().applicationGroups().getFirst().files());

    write("other.yaml", configMap("other", "binaryData: {a: AAAA}"));
    assertEquals(
        List.of("other.yaml:1:1: KW104 note: ConfigMap default/other is the source of no alias"),
        said());
  }

  private static String configMap(String name, String data) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n" + data + "\n";
  }

  @Test
  void entriesOfAConfigMapThatAreNoTextsAreRefused() throws IOException {
    write("a.yaml", alias("a", "script: a.py, source: {configMap: {name: code}}"));
    write(
        "code.yaml",
        configMap("code", "data: {a.py: x, b.py: 5, ../c.py: x, ..d: x}\nbinaryData: {e: AAAA}"));
    assertEquals(
        List.of("KW138 data[b.py]", "KW138 data[../c.py]", "KW138 data[..d]", "KW138 binaryData"),
        compile().findings().stream()
            .map(finding -> finding.code() + " " + finding.field())
            .toList());
    assertEquals(1, compile().tables().getFirst().routes().size());
  }

  @Test
  void configMapThatIsDeclaredTwiceOrMissingIsSaid() throws IOException {
    write("a.yaml", alias("a", "script: a.py, source: {configMap: {name: code}}"));
    assertTrue(said().getFirst().contains("KW133 spec.source.configMap.name"), said()::toString);
    write("code.yaml", configMap("code", "data: {a.py: x}"));
    write("more.yaml", configMap("code", "data: {a.py: y}"));
    assertTrue(
        said().getFirst().startsWith("more.yaml:3:12: KW110 metadata.name"), said()::toString);
  }

  @Test
  void selectorAsksForTheLabelsOfNamespaceManifests() throws IOException {
    write(
        "g.yaml",
        gateway(
            "main",
            "listeners: [{name: a, port: 1}], embedded: {enabled: true, allowedNamespaces: All},"
                + " aliases: {namespaces: {from: Selector, selector: {matchLabels: {tier: web}}}}"));
    write(
        "a.yaml",
        alias("a", "script: app.wsgi, gateway: default/main")
            .replace("{name: a}", "{name: a, namespace: team}"));
    assertTrue(said().getFirst().contains("KW121 spec.gateway"), said()::toString);
    write(
        "n.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: team, labels: {tier: web}}\n");
    assertEquals(1, onlyTable().routes().size());
  }

  @Test
  void sourceThatNeedsPodsIsRefusedWithWhatToWriteInstead() throws IOException {
    write("a.yaml", alias("a", "script: a.py, source: {image: {reference: a}}"));
    assertEquals(1, said().size());
    assertTrue(said().getFirst().contains("KW137 spec.source.image"), said()::toString);
  }

  @Test
  void sharedGroupHasToLetTheNamespaceIn() throws IOException {
    String group = HEAD + "kind: DaemonGroup\nmetadata: {name: g, namespace: shared}\nspec: {%s}\n";
    write("a.yaml", alias("a", "script: app.wsgi, processGroup: shared/g"));
    write("g.yaml", group.formatted(""));
    assertTrue(said().getFirst().contains("KW132 spec.processGroup"), said()::toString);
    write("g.yaml", group.formatted("aliases: {namespaces: {from: All}}"));
    assertEquals("shared/g|default/a", onlyTable().routes().getFirst().applicationGroup());
  }
}
