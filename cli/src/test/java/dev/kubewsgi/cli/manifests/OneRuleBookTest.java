package dev.kubewsgi.cli.manifests;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kubewsgi.cli.manifests.ApiServerJudge.Complaint;
import dev.kubewsgi.cli.manifests.ApiServerJudge.Ruling;
import dev.kubewsgi.testing.apiserver.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * One rule book, two judges: what an API server says of a manifest, {@code check} and {@code serve}
 * say of it. The verdict is the same; a rule's message is the same sentence; everything else that
 * the server complains of, they complain of at the same field. (They may say more: a server stops
 * at a type that is wrong, before it tries the rules.)
 */
@ApiServer
class OneRuleBookTest {

  /** Files of which the server says something else, and why that is right. */
  private static final Map<String, String> OTHERWISE =
      Map.of(
          "status-written.yaml",
          "a server drops a status silently; on a disk it is a mistake that wants a word");

  /** What a server cannot know of one object; it has to agree with every other code. */
  private static final Map<FindingCode, String> NOT_ITS_MATTER =
      Map.of(
          FindingCode.KW104, "kinds of others are for their own rule books",
          FindingCode.KW110, "the second of two objects of a name is an edit of the first there",
          FindingCode.KW111, "it has no files",
          FindingCode.KW129, "it takes every Secret of this type that has the keys",
          FindingCode.KW130, "each gateway has pods of its own there, and so all ports",
          FindingCode.KW131, "it keeps the last valid form of every object",
          FindingCode.KW301, "the script is in an image");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> RULES = rules();

  private final ApiServerJudge server;

  OneRuleBookTest(KubernetesClient client) {
    this.server = new ApiServerJudge(client);
  }

  /**
   * A document and what our own judge says of it.
   *
   * @param name where it is written
   */
  record Case(String name, String text, List<Finding> said) {

    boolean accepted() {
      return said.isEmpty();
    }
  }

  @Test
  void everyRowGetsTheSameVerdict() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (RuleRowsTest.Row row : RuleRowsTest.rows()) {
      cases.add(row(row));
    }
    assertTrue(cases.size() > 500);
    compare("rows", cases);
  }

  @Test
  void everyInvalidManifestIsJudgedAlike() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Path file : InvalidManifestsTest.manifests()) {
      if (!OTHERWISE.containsKey(file.getFileName().toString())) {
        cases.addAll(documents(file));
      }
    }
    assertTrue(cases.size() > 80);
    compare("documents of invalid manifests", cases);
  }

  @Test
  void everyExampleIsAccepted() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Path file : ManifestFiles.below(Path.of("../examples")).manifests()) {
      cases.addAll(documents(file));
    }
    assertTrue(cases.size() > 10);
    assertTrue(cases.stream().allMatch(Case::accepted));
    compare("documents of examples", cases);
  }

  private static Case row(RuleRowsTest.Row row) throws JsonProcessingException {
    Document document = RuleRowsTest.document(row);
    // The server before us: checking fills in defaults.
    String text =
        "apiVersion: %s\nkind: %s\nmetadata: %s\n%s"
            .formatted(
                Definition.API_VERSION,
                document.kind(),
                JSON.writeValueAsString(document.get("metadata")),
                document.content().containsKey("spec")
                    ? "spec: " + JSON.writeValueAsString(document.get("spec"))
                    : "");
    String name = row.kind() + " " + row.field() + " " + abbreviated(row.value());
    return new Case(name, text, findings(List.of(document)));
  }

  /** Parted as kubectl parts them. */
  private static List<Case> documents(Path file) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String text : Files.readString(file).split("(?m)^---$", -1)) {
      if (text.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
        YamlReader.Result read = YamlReader.read(file, text);
        List<Finding> said =
            Stream.concat(read.findings().stream(), findings(read.documents()).stream()).toList();
        cases.add(new Case(file.getFileName() + " " + cases.size(), text, said));
      }
    }
    return cases;
  }

  private static List<Finding> findings(List<Document> documents) {
    return ManifestLoader.of(documents).findings().stream()
        .filter(finding -> !NOT_ITS_MATTER.containsKey(FindingCode.valueOf(finding.code())))
        .toList();
  }

  private static String abbreviated(String value) {
    return value.length() > 40 ? value.substring(0, 40) + "…" : value;
  }

  private void compare(String what, List<Case> cases) {
    List<CompletableFuture<Ruling>> rulings =
        cases.stream().map(each -> server.judge(each.text())).toList();
    List<String> disagreements = new ArrayList<>();
    int complaints = 0;
    for (int i = 0; i < cases.size(); i++) {
      Ruling ruling = rulings.get(i).join();
      complaints += ruling.complaints().size();
      disagreements.addAll(disagreements(cases.get(i), ruling));
    }
    System.out.printf(
        "One rule book, two judges: %d %s, %d of them refused, the server naming %d faults%n",
        cases.size(), what, cases.stream().filter(each -> !each.accepted()).count(), complaints);
    assertEquals("", String.join("\n", disagreements));
  }

  private static List<String> disagreements(Case each, Ruling ruling) {
    if (each.accepted() != ruling.accepts()) {
      return List.of(
          "%s: we say %s, the server: %s".formatted(each.name(), each.said(), ruling.answer()));
    }
    return ruling.complaints().stream()
        .filter(complaint -> each.said().stream().noneMatch(said -> says(said, complaint)))
        .map(
            complaint ->
                "%s: the server says %s, and we only %s"
                    .formatted(each.name(), complaint, each.said()))
        .toList();
  }

  /** Whether a finding says what a complaint says. */
  private static boolean says(Finding finding, Complaint complaint) {
    if (RULES.stream().anyMatch(complaint.message()::endsWith)) {
      return saysRule(finding, complaint);
    }
    return dotted(finding.field()).equals(dotted(complaint.field()))
        // What is in a mapping where none belongs is unknown to the server, field by field.
        || (complaint.message().startsWith("unknown field") && isWithin(complaint.field(), finding))
        // Of labels and annotations the server names the map, and the key in its sentence.
        || (complaint.field().startsWith("metadata.")
            && FieldPath.parent(finding.field()).equals(complaint.field()));
  }

  /**
   * A server writes a key of a mapping now in brackets and now after a dot, and may begin with one.
   */
  private static String dotted(String field) {
    return field.replaceFirst("^[.]", "").replaceAll("\\[([^\\]]*[^0-9\\]][^\\]]*)]", ".$1");
  }

  /** The same sentence; or a bound is broken, and then we do not try the rules of that value. */
  private static boolean saysRule(Finding finding, Complaint complaint) {
    boolean ofObject = complaint.field().equals(ApiServerJudge.OBJECT);
    return switch (finding.code()) {
      case "KW108" -> ofObject || finding.field().startsWith(complaint.field());
      case "KW109" ->
          complaint.message().endsWith(": " + finding.message())
              && (ofObject || complaint.field().equals(finding.field()));
      default -> false;
    };
  }

  private static boolean isWithin(String field, Finding finding) {
    return finding.code().equals("KW107") && field.startsWith(finding.field());
  }

  private static Set<String> rules() {
    return Definition.kinds().stream()
        .flatMap(kind -> messages(Definition.of(kind).schema()))
        .collect(toSet());
  }

  /** The messages of the rules of a schema and of all within it. */
  private static Stream<String> messages(Object schema) {
    return switch (schema) {
      case Map<?, ?> map ->
          Stream.concat(
              Json.listOrEmpty(map.get("x-kubernetes-validations")).stream()
                  .map(rule -> (String) Json.map(rule).get("message")),
              map.values().stream().flatMap(OneRuleBookTest::messages));
      default -> Stream.empty();
    };
  }
}
