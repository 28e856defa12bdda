package dev.kubewsgi.cli.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An API server as a judge of manifests: what kubectl would hear of each. Nothing is created. The
 * server gets a document as it was written, and reads the YAML itself.
 */
final class ApiServerJudge {

  static final String OBJECT = "<nil>";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern UNKNOWN = Pattern.compile("unknown field \"([^\"]+)\"");

  private static final Pattern NO_SCHEMA = Pattern.compile("\"([^\"]+)\" must validate");

  /** Consequences of another complaint: why a server did not go on. */
  private static final Pattern CONSEQUENCES =
      Pattern.compile(
          "some validation rules were not checked|Checked value must be of type|accessor error");

  private final KubernetesClient client;
  private final Map<String, JsonNode> resourcesByVersion = new ConcurrentHashMap<>();

  ApiServerJudge(KubernetesClient client) {
    this.client = client;
  }

  /**
   * One thing that is wrong.
   *
   * @param field its path; {@link #OBJECT} for the object
   * @param message with the value before it
   */
  record Complaint(String field, String message) {}

  /**
   * A verdict.
   *
   * @param complaints all that the server goes into: an answer may be nothing but a sentence
   * @param answer for whoever reads why a test failed
   */
  record Ruling(boolean accepts, List<Complaint> complaints, String answer) {}

  /** Judges a document; kubectl itself refuses one whose kind no server has. */
  CompletableFuture<Ruling> judge(String document) {
    String resource = resource(topLevel(document, "apiVersion"), topLevel(document, "kind"));
    if (resource.isEmpty()) {
      return CompletableFuture.completedFuture(new Ruling(false, List.of(), "no such kind"));
    }
    String path = "namespaces/default/" + resource + "?dryRun=All&fieldValidation=Strict";
    HttpRequest request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(client.getMasterUrl() + api(topLevel(document, "apiVersion")) + "/" + path)
            .post("application/yaml", document)
            .build();
    return client.getHttpClient().sendAsync(request, String.class).thenApply(this::ruling);
  }

  private static String topLevel(String document, String field) {
    Matcher matcher = Pattern.compile("(?m)^" + field + ": *(\\S+)").matcher(document);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static String api(String version) {
    return version.contains("/") ? "apis/" + version : "api/" + version;
  }

  private String resource(String version, String kind) {
    JsonNode resources = resourcesByVersion.computeIfAbsent(version, this::resources);
    return StreamSupport.stream(resources.spliterator(), false)
        .filter(each -> each.path("kind").asText().equals(kind))
        .map(each -> each.path("name").asText())
        .filter(name -> !name.contains("/"))
        .findFirst()
        .orElse("");
  }

  private JsonNode resources(String version) {
    String found = client.raw("/" + api(version));
    return found == null ? JSON.createArrayNode() : json(found).path("resources");
  }

  private Ruling ruling(HttpResponse<String> response) {
    if (response.isSuccessful()) {
      return new Ruling(true, List.of(), "accepted");
    }
    JsonNode status = json(response.body());
    String message = status.path("message").asText();
    return new Ruling(
        false, Stream.concat(causes(status), unknownFields(message)).toList(), message);
  }

  private static Stream<Complaint> causes(JsonNode status) {
    return StreamSupport.stream(status.path("details").path("causes").spliterator(), false)
        .map(each -> complaint(each.path("field").asText(), each.path("message").asText()))
        .filter(each -> !CONSEQUENCES.matcher(each.message()).find());
  }

  /** A value that is neither number nor text has its field in the sentence alone. */
  private static Complaint complaint(String field, String message) {
    Matcher matcher = NO_SCHEMA.matcher(message);
    return new Complaint(matcher.find() ? matcher.group(1) : field, message);
  }

  private static Stream<Complaint> unknownFields(String message) {
    return UNKNOWN
        .matcher(message)
        .results()
        .map((MatchResult found) -> new Complaint(found.group(1), found.group()));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
