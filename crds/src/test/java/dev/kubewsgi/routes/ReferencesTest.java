package dev.kubewsgi.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.Selector;
import dev.kubewsgi.api.v1alpha1.Selector.Expression;
import dev.kubewsgi.api.v1alpha1.Selector.Operator;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Namespaces;
import dev.kubewsgi.routes.Refusal.Reason;
import dev.kubewsgi.routes.Samples.Alias;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every field that names another object, and what lets it name one of another namespace. */
class ReferencesTest {

  private static final Path DEFINITIONS = Path.of("src/main/resources/dev/kubewsgi/crds");

  /** What the rule of a field that names an object says. */
  private static final Pattern REFERENCE = Pattern.compile("write the name of a [A-Z]");

  private static final Pattern MATCHES = Pattern.compile("self\\.matches\\('([^']*)'\\)");

  /** The fields that may name an object of another namespace, and the reason to refuse it. */
  private static final Map<String, Reason> QUALIFIED =
      Map.of(
          "ScriptAlias spec.gateway", Reason.NamespaceNotAccepted,
          "ScriptAlias spec.processGroup", Reason.ProcessGroupNotAllowed);

  private final FixedSurroundings surroundings = new FixedSurroundings();

  /** The rules of all fields that name an object. */
  private static Map<String, String> references() throws IOException {
    Map<String, String> references = new TreeMap<>();
    for (String plural : List.of("wsgigateways", "daemongroups", "scriptaliases")) {
      CustomResourceDefinition definition =
          new KubernetesSerialization()
              .unmarshal(
                  Files.readString(DEFINITIONS.resolve(plural + ".kubewsgi.dev.yaml")),
                  CustomResourceDefinition.class);
      JSONSchemaProps root =
          definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
      String kind = definition.getSpec().getNames().getKind();
      collect(kind + " spec", root.getProperties().get("spec"), references);
    }
    return references;
  }

  private static void collect(String at, JSONSchemaProps schema, Map<String, String> references) {
    for (ValidationRule rule : schema.getXKubernetesValidations()) {
      if (REFERENCE.matcher(rule.getMessage()).find()) {
        references.put(at, rule.getRule());
      }
    }
    schema.getProperties().forEach((name, each) -> collect(at + "." + name, each, references));
    if (schema.getItems() != null) {
      collect(at + "[]", schema.getItems().getSchema(), references);
    }
  }

  @Test
  void theseFieldsNameObjects() throws IOException {
    assertEquals(
        List.of(
            "DaemonGroup spec.imagePullSecrets[].name",
            "ScriptAlias spec.gateway",
            "ScriptAlias spec.processGroup",
            "ScriptAlias spec.source.configMap.name",
            "ScriptAlias spec.source.git.secretName",
            "ScriptAlias spec.source.persistentVolumeClaim.claimName",
            "WsgiGateway spec.imagePullSecrets[].name",
            "WsgiGateway spec.listeners[].tls.secretName"),
        List.copyOf(references().keySet()));
  }

  @Test
  void allButTwoCannotNameAnObjectOfAnotherNamespaceAtAll() throws IOException {
    references()
        .forEach(
            (field, rule) -> {
              var form = MATCHES.matcher(rule);
              assertTrue(form.find(), field);
              assertTrue(Pattern.matches(form.group(1), "name"), field);
              assertEquals(
                  QUALIFIED.containsKey(field),
                  Pattern.matches(form.group(1), "other/name"),
                  field);
            });
  }

  private Compiled compile(WsgiGateway gateway, NamespaceChoice ofGroup, Alias alias) {
    return RouteCompiler.compile(
        new Declarations(
            List.of(gateway),
            List.of(Samples.group("default/site1", ofGroup), Samples.group("team/own", 1, 1, null)),
            List.of(alias.build())),
        surroundings);
  }

  private static WsgiGateway gateway(NamespaceChoice choice) {
    return Samples.gateway("default/main", Namespaces.Same, choice);
  }

  private static NamespaceChoice choice(NamespaceChoice.From from) {
    return new NamespaceChoice(from, null);
  }

  private static Alias foreign() {
    return Alias.of("team/a", "/a").gateway("default/main");
  }

  private static List<Reason> reasons(Compiled compiled) {
    return compiled.refusals().stream().map(Refusal::reason).toList();
  }

  @Test
  void bothSidesHaveToAgree() {
    var same = choice(NamespaceChoice.From.Same);
    var all = choice(NamespaceChoice.From.All);
    Alias inTheGroup = foreign().in("default/site1");
    assertEquals(
        List.of(QUALIFIED.get("ScriptAlias spec.gateway")),
        reasons(compile(gateway(same), all, inTheGroup)));
    assertEquals(
        List.of(QUALIFIED.get("ScriptAlias spec.processGroup")),
        reasons(compile(gateway(all), same, inTheGroup)));
    assertEquals(List.of(), reasons(compile(gateway(all), all, inTheGroup)));
    assertEquals(
        List.of(Reason.EmbeddedNotAllowed), reasons(compile(gateway(all), all, foreign())));
    assertEquals(List.of(), reasons(compile(gateway(all), same, foreign().in("own"))));
  }

  @Test
  void nothingOfAnotherNamespaceIsAskedForByNameAlone() {
    surroundings.configMaps.put("default/code", Map.of("app.py", ""));
    var all = choice(NamespaceChoice.From.All);
    Alias alias = foreign().script("app.py").in("default/site1");
    assertEquals(
        List.of(Reason.SourceNotFound),
        reasons(compile(gateway(all), all, alias.configMap("code"))));
    for (Alias each : List.of(alias.volume("code"), alias.git("key"))) {
      assertEquals(List.of(Reason.SourceNotInNamespace), reasons(compile(gateway(all), all, each)));
    }
  }

  private boolean admits(Selector selector) {
    var chosen = new NamespaceChoice(NamespaceChoice.From.Selector, selector);
    Compiled compiled = compile(gateway(chosen), chosen, foreign().in("default/site1"));
    assertFalse(compiled.tables().getFirst().routes().isEmpty() == compiled.refusals().isEmpty());
    return compiled.refusals().isEmpty();
  }

  private static Selector expression(String key, Operator operator, String... values) {
    List<String> listed = values.length == 0 ? null : List.of(values);
    return new Selector(null, List.of(new Expression(key, operator, listed)));
  }

  @Test
  void selectorsAreThoseOfKubernetes() {
    surroundings.namespaceLabels.put("team", Map.of("tier", "web"));
    assertTrue(admits(new Selector(null, null)));
    assertTrue(admits(new Selector(Map.of("tier", "web"), null)));
    assertTrue(admits(new Selector(Map.of("kubernetes.io/metadata.name", "team"), null)));
    assertFalse(admits(new Selector(Map.of("tier", "db"), null)));
    assertFalse(admits(new Selector(Map.of("tier", "web", "other", "x"), null)));
    assertTrue(admits(expression("tier", Operator.In, "db", "web")));
    assertFalse(admits(expression("tier", Operator.In, "db")));
    assertFalse(admits(expression("other", Operator.In, "db")));
    assertTrue(admits(expression("tier", Operator.NotIn, "db")));
    assertTrue(admits(expression("other", Operator.NotIn, "db")));
    assertFalse(admits(expression("tier", Operator.NotIn, "web")));
    assertTrue(admits(expression("tier", Operator.Exists)));
    assertFalse(admits(expression("other", Operator.Exists)));
    assertTrue(admits(expression("other", Operator.DoesNotExist)));
    assertFalse(admits(expression("tier", Operator.DoesNotExist)));
  }

  @Test
  void labelsThatNobodyKnowsLetNobodyIn() {
    assertFalse(admits(new Selector(Map.of("tier", "web"), null)));
    assertFalse(admits(expression("tier", Operator.NotIn, "db")));
    assertFalse(admits(expression("tier", Operator.DoesNotExist)));
    assertTrue(admits(new Selector(null, null)));
    assertTrue(admits(new Selector(Map.of("kubernetes.io/metadata.name", "team"), null)));
    assertTrue(admits(expression("kubernetes.io/metadata.name", Operator.NotIn, "other")));
    assertFalse(admits(expression("kubernetes.io/metadata.name", Operator.In, "other")));
  }

  @Test
  void whoIsRefusedIsToldWhetherLabelsAreWrongOrUnknown() {
    assertEquals(
        "WsgiGateway default/main chooses namespaces by labels, and those of team are not known"
            + " here; its owner writes a selector of kubernetes.io/metadata.name alone, or sets"
            + " spec.aliases.namespaces.from to All, or the operator is given the right to watch"
            + " namespaces",
        refusal());
    surroundings.namespaceLabels.put("team", Map.of());
    assertEquals(
        "WsgiGateway default/main takes aliases of the namespaces that its"
            + " spec.aliases.namespaces.selector matches, and the labels of team do not; label the"
            + " namespace so, or have the selector changed",
        refusal());
  }

  private String refusal() {
    var chosen =
        new NamespaceChoice(
            NamespaceChoice.From.Selector, new Selector(Map.of("tier", "web"), null));
    return compile(gateway(chosen), chosen, foreign().in("default/site1"))
        .refusals()
        .getFirst()
        .message();
  }

  @Test
  void selectorDoesNotLetTheOwnNamespaceInByItself() {
    Alias own = Alias.of("default/a", "/a");
    var chosen =
        new NamespaceChoice(
            NamespaceChoice.From.Selector, new Selector(Map.of("tier", "web"), null));
    assertEquals(
        List.of(Reason.NamespaceNotAccepted),
        reasons(compile(gateway(chosen), choice(NamespaceChoice.From.Same), own)));
  }
}
