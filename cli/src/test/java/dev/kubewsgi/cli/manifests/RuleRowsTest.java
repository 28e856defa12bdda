package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.cli.manifests.Document.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type, bound and rule of the definitions, kept and broken: the rows of rows.txt. */
class RuleRowsTest {

  private static final Path ROWS = Path.of("src/test/resources/manifests/rows.txt");
  private static final int CODE = "KW109".length();
  private static final Pattern REPEAT = Pattern.compile("\\{([0-9]+)\\*(.*)}");

  private static final Map<String, String> VALID =
      Map.of(
          "WsgiGateway", "spec: {listeners: [{name: http, port: 80, tls: {secretName: a}}]}",
          "DaemonGroup", "spec: {securityContext: {runAsUser: 5, runAsGroup: 5}}",
          "ScriptAlias", "spec: {script: wsgi.py}");

  /** What a mapping or an entry of a list needs besides the one field that is tried. */
  private static final Map<String, String> BESIDE =
      Map.ofEntries(
          Map.entry("env[0]", "{name: A, value: x}"),
          Map.entry("errorPages[0]", "{status: 503, body: Later}"),
          Map.entry("listeners[0]", "{name: http, port: 80}"),
          Map.entry("namespaces.selector", "{from: Selector}"),
          Map.entry("matchExpressions[0]", "{key: a, operator: Exists}"),
          Map.entry("matchExpressions[0].values", "{key: a, operator: In}"),
          Map.entry("image.path", "{reference: a}"),
          Map.entry("image.pullPolicy", "{reference: a}"),
          Map.entry("git.revision", "{repository: 'https://a'}"),
          Map.entry("git.path", "{repository: 'https://a'}"),
          Map.entry("git.secretName", "{repository: 'https://a'}"),
          Map.entry("persistentVolumeClaim.subPath", "{claimName: a}"));

  /** Stands for every key of a mapping whose keys are free. */
  private static final String ANY_KEY = "a";

  /**
   * A row.
   *
   * @param verdict {@code ok}; or a code, the way from the field to the one that is wrong if that
   *     is another ({@code .script}), and the start of the message
   */
  record Row(String kind, String field, String value, String verdict) {}

  static List<Row> rows() throws IOException {
    try (Stream<String> lines = Files.lines(ROWS)) {
      return lines
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(RuleRowsTest::row)
          .toList();
    }
  }

  private static Row row(String line) {
    String[] words = line.split(" ", 3);
    int arrow = words[2].lastIndexOf(" => ");
    return new Row(words[0], words[1], words[2].substring(0, arrow), words[2].substring(arrow + 4));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void valueGetsItsVerdict(Row row) {
    List<Finding> findings = ManifestLoader.of(List.of(document(row))).findings();
    if (row.verdict().equals("ok")) {
      assertEquals(List.of(), findings);
      return;
    }
    String[] expected = row.verdict().split(" ", 2);
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(expected[0].substring(0, CODE), findings.getFirst().code());
    assertEquals(row.field() + expected[0].substring(CODE), findings.getFirst().field());
    assertTrue(findings.getFirst().message().startsWith(expected[1]), findings::toString);
  }

  @Test
  void everyTypeBoundAndRuleHasRowsThatKeepAndBreakIt() throws IOException {
    List<String> missing = new ArrayList<>();
    List<Row> rows = rows();
    for (String kind : Definition.kinds()) {
      Map<String, Object> root = Definition.of(kind).schema();
      require(rows, kind, "spec", Json.map(Json.map(root.get("properties")).get("spec")), missing);
      for (Object rule : Json.listOrEmpty(root.get("x-kubernetes-validations"))) {
        requireRule(rows, kind, "metadata.name", Json.map(rule), missing);
      }
    }
    assertEquals(List.of(), missing, "rows that rows.txt lacks");
  }

  private static void require(
      List<Row> rows, String kind, String field, Map<String, Object> schema, List<String> missing) {
    if (!field.equals("spec")) {
      require(rows, kind, field, "ok", missing);
    }
    require(rows, kind, field, "KW107", missing);
    SAYINGS.forEach(
        (keyword, saying) -> {
          Object bound = schema.get(keyword);
          if (bound != null && !(keyword.equals("minLength") && bound.equals(0L))) {
            require(rows, kind, field, saying, missing);
          }
        });
    for (Object rule : Json.listOrEmpty(schema.get("x-kubernetes-validations"))) {
      requireRule(rows, kind, field, Json.map(rule), missing);
    }
    if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
      require(rows, kind, FieldPath.field(field, ANY_KEY), Json.map(values), missing);
    }
    Json.mapOrEmpty(schema.get("properties"))
        .forEach(
            (name, each) ->
                require(rows, kind, FieldPath.field(field, name), Json.map(each), missing));
    for (Object name : Json.listOrEmpty(schema.get("required"))) {
      require(rows, kind, FieldPath.field(field, (String) name), "KW106", missing);
    }
    if (schema.get("items") != null) {
      require(rows, kind, FieldPath.item(field, 0), Json.map(schema.get("items")), missing);
    }
  }

  private static final Map<String, String> SAYINGS =
      Map.of(
          "enum", "is none of",
          "minimum", "is too small",
          "maximum", "is too large",
          "minLength", "this is empty",
          "maxLength", "this is too long",
          "minItems", "this list is empty",
          "maxItems", "this list is too long",
          "minProperties", "this mapping is empty",
          "maxProperties", "this mapping is too large");

  private static void requireRule(
      List<Row> rows, String kind, String field, Map<String, Object> rule, List<String> missing) {
    require(rows, kind, field, (String) rule.get("message"), missing);
  }

  private static void require(
      List<Row> rows, String kind, String field, String saying, List<String> missing) {
    boolean found =
        rows.stream()
            .anyMatch(
                row ->
                    row.kind().equals(kind)
                        && row.field().equals(field)
                        && row.verdict().contains(saying));
    if (!found) {
      missing.add(kind + " " + field + " => " + saying);
    }
  }

  /** A manifest that is valid but for the row. */
  static Document document(Row row) {
    Map<String, Object> content =
        yaml(
            "{apiVersion: "
                + Definition.API_VERSION
                + ", kind: "
                + row.kind()
                + ", metadata: {name: a}}");
    content.putAll(yaml(VALID.get(row.kind())));
    put(content, row.field(), repeated(row.value()));
    Path file = Path.of("rows.yaml");
    return new Document(file, content, Map.of("", new Position(file, 1, 1)), false);
  }

  private static String repeated(String value) {
    MatchResult repeat = REPEAT.matcher(value).results().findFirst().orElse(null);
    return repeat == null
        ? value
        : value.replace(repeat.group(), repeat.group(2).repeat(Integer.parseInt(repeat.group(1))));
  }

  private static Map<String, Object> yaml(String text) {
    return YamlReader.read(Path.of("row"), text).documents().getFirst().content();
  }

  private static void put(Map<String, Object> content, String field, String value) {
    String[] steps = field.replace("[0]", ".[0]").split("\\.", -1);
    Object at = content;
    for (int i = 0; i < steps.length - 1; i++) {
      at = step(at, steps, i);
    }
    Object parsed = value.equals("-") ? null : yaml("v: " + value).get("v");
    String last = steps[steps.length - 1];
    if (at instanceof List<?>) {
      Json.list(at).set(0, parsed);
    } else if (value.equals("-")) {
      Json.map(at).remove(last);
    } else {
      Json.map(at).put(last, parsed);
    }
  }

  private static Object step(Object at, String[] steps, int i) {
    if (steps[i].equals("[0]")) {
      return Json.list(at).getFirst();
    }
    boolean list = steps[i + 1].equals("[0]");
    String place = list ? steps[i] + "[0]" : steps[i];
    String field =
        list && i + 2 < steps.length ? "." + steps[i + 2] : list ? "" : "." + steps[i + 1];
    String beside = BESIDE.getOrDefault(place + field, BESIDE.getOrDefault(place, "{}"));
    return Json.map(at)
        .computeIfAbsent(
            steps[i], key -> yaml(list ? "v: [" + beside + "]" : "v: " + beside).get("v"));
  }
}
