package dev.kubewsgi.operator.cluster;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What users see with kubectl. */
@ApiServer
class KubectlTest {

  private static final String SHOP =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata: {name: shop}
      spec: {hosts: [www.example.com], path: /shop, script: shop.py, processGroup: site1}
      """;

  private static final Pattern COLUMN = Pattern.compile("\\S+( \\S+)*");

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void whatServesIsShownAsServing() {
    apply(Scene.GATEWAY, Scene.group(1), SHOP);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    PlayedGateway.ready(scene, "main").serves();
    scene.pods().kubelet().ready(worker());
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "Serving");
    scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Ready");
    scene.awaitCondition(WsgiGateway.class, "main", "Ready", "Ready");

    String address = "main-gateway." + scene.namespace() + ".svc:8080";
    assertEquals(
        "NAME=main, READY=1/1, ALIASES=1, ADDRESS=" + address + ", REASON=Ready", row("wgw"));
    assertEquals(
        "NAME=main, READY=1/1, ALIASES=1, EMBEDDED=true, ADDRESS=" + address + ", REASON=Ready",
        wideRow("wgw"));
    assertEquals("NAME=site1, READY=1/1, THREADS=15, ALIASES=1, REASON=Ready", row("dg"));
    assertEquals(
        "NAME=site1, READY=1/1, PROCESSES=, THREADS=15, ALIASES=1, REASON=Ready", wideRow("dg"));
    assertEquals(
        "NAME=shop, ROUTE=www.example.com/shop, MODE=site1, READY=True, REASON=Serving",
        row("alias"));
    assertEquals(
        "NAME=shop, ROUTE=www.example.com/shop, GATEWAY=main, MODE=site1,"
            + " APPLICATION GROUP=%{RESOURCE}, READY=True, REASON=Serving",
        wideRow("alias"));
  }

  @Test
  void whatDoesNotServeIsShownWithItsReason() {
    apply(Scene.GATEWAY, Scene.group(2), SHOP.replace("site1", "nowhere"));
    Pod gateway = scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GATEWAY, 1).getFirst();
    scene.pods().kubelet().crashLooping(gateway, 1, "KW203");
    scene.patch(
        DaemonGroup.class,
        "site1",
        "{\"spec\": {\"processes\": 4, \"podTemplate\": {\"spec\": {\"dnsPolicy\": \"Perhaps\"}}}}");
    scene.awaitCondition(WsgiGateway.class, "main", "Ready", "CrashLoop");
    scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Refused");
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "ProcessGroupNotFound");

    String address = "main-gateway." + scene.namespace() + ".svc:8080";
    assertEquals(
        "NAME=main, READY=0/1, ALIASES=0, ADDRESS=" + address + ", REASON=CrashLoop", row("wgw"));
    assertEquals(
        "NAME=site1, READY=0/2, PROCESSES=4, THREADS=15, ALIASES=0, REASON=Refused", wideRow("dg"));
    assertEquals(
        "NAME=shop, ROUTE=www.example.com/shop, MODE=nowhere, READY=False,"
            + " REASON=ProcessGroupNotFound",
        row("alias"));
  }

  @Test
  void oneWordShowsAllKinds() {
    apply(Scene.GATEWAY, Scene.group(1), SHOP);
    assertEquals(
        List.of(
            "daemongroup.kubewsgi.dev/site1",
            "scriptalias.kubewsgi.dev/shop",
            "wsgigateway.kubewsgi.dev/main"),
        scene.kubectl("get", "wsgi", "-o", "name").stdout().lines().sorted().toList());
  }

  @Test
  void aliasesAreSelectedByTheirGatewayAndProcessGroup() {
    apply(
        SHOP,
        SHOP.replace("name: shop", "name: blog").replace("site1", "site2"),
        SHOP.replace("name: shop", "name: wiki")
            .replace("processGroup: site1", "gateway: team/edge"));
    assertEquals("shop", selected("spec.processGroup=site1"));
    assertEquals("blog wiki", selected("spec.processGroup!=site1"));
    assertEquals("blog shop", selected("spec.gateway=main"));
    assertEquals("wiki", selected("spec.gateway=team/edge"));
    assertEquals("blog", selected("spec.gateway=main,spec.processGroup=site2"));
  }

  private String selected(String fields) {
    String template = "jsonpath={.items[*].metadata.name}";
    return scene.kubectl("get", "alias", "--field-selector", fields, "-o", template).stdout();
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("wgw", WsgiGateway.class),
        Arguments.of("dg", DaemonGroup.class),
        Arguments.of("alias", ScriptAlias.class));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldIsExplained(String shortName, Class<? extends CustomResource<?, ?>> kind) {
    JSONSchemaProps schema = schema(kind);
    for (String part : List.of("spec", "status")) {
      explain(shortName + "." + part, schema.getProperties().get(part));
    }
  }

  @Test
  void anExplanationHasTheDefaultAndTheFormOfADuration() {
    String explained = scene.kubectl("explain", "dg.spec.queue").stdout().replaceAll("\\s+", " ");
    assertTrue(explained.contains("0: no request waits. Default: 100."), explained);
    assertTrue(
        explained.contains("A duration such as 45s, 1m30s or 500ms. Default: 45s."), explained);
  }

  private void explain(String path, JSONSchemaProps schema) {
    Map<String, JSONSchemaProps> fields = schema.getProperties();
    if (fields == null || fields.isEmpty()) {
      return;
    }
    String explained = scene.kubectl("explain", path).stdout();
    assertFalse(explained.contains("<no description>"), explained);
    fields.forEach(
        (name, field) -> {
          assertTrue(
              explained.contains("\n  " + name + "\t") && !said(field).isBlank(),
              () -> name + " has no description in:\n" + explained);
          explain(
              path + "." + name, field.getItems() == null ? field : field.getItems().getSchema());
        });
  }

  private static String said(JSONSchemaProps field) {
    return field.getDescription() == null ? "" : field.getDescription();
  }

  /** As the API server has it. */
  private JSONSchemaProps schema(Class<? extends CustomResource<?, ?>> kind) {
    return scene
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(CustomResource.getCRDName(kind))
        .get()
        .getSpec()
        .getVersions()
        .getFirst()
        .getSchema()
        .getOpenAPIV3Schema();
  }

  private void apply(String... manifests) {
    Stream.of(manifests).forEach(scene::apply);
  }

  private Pod worker() {
    return scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GROUP, 1).getFirst();
  }

  private String row(String kind) {
    return row(scene.kubectl("get", kind).stdout().lines().toList());
  }

  private String wideRow(String kind) {
    return row(scene.kubectl("get", kind, "-o", "wide").stdout().lines().toList());
  }

  /** The one row under its header; the age is different each time. */
  private static String row(List<String> table) {
    assertEquals(2, table.size(), table::toString);
    Map<String, String> cells = cells(table.getFirst(), table.getLast());
    assertFalse(cells.remove("AGE").isEmpty());
    return String.join(
        ", ",
        cells.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
  }

  /** A column begins where its title does. */
  private static Map<String, String> cells(String header, String row) {
    var begins =
        COLUMN
            .matcher(header)
            .results()
            .map(MatchResult::start)
            .collect(toCollection(TreeSet::new));
    var cells = new LinkedHashMap<String, String>();
    for (int begin : begins) {
      Integer next = begins.higher(begin);
      cells.put(cell(header, begin, next), cell(row, begin, next));
    }
    return cells;
  }

  private static String cell(String line, int begin, Integer next) {
    int end = next == null ? line.length() : Math.min(next, line.length());
    return line.substring(Math.min(begin, end), end).strip();
  }
}
