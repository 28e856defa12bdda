package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One line of an example's {@code tests/expectations.json}: a request and what its answer has to
 * show.
 *
 * @param request method and target: {@code GET /blog/}
 * @param requestHeaders sent with it
 * @param requestBody sent as a form
 * @param status of the answer
 * @param headers of the answer, exactly
 * @param body parts that the answer's body holds
 * @param bodyHasNot parts that it does not hold
 */
public record Expectation(
    String request,
    Map<String, String> requestHeaders,
    String requestBody,
    int status,
    Map<String, String> headers,
    List<String> body,
    List<String> bodyHasNot) {

  static final String FILE = "tests/expectations.json";

  public Expectation {
    requestHeaders = requestHeaders == null ? Map.of() : requestHeaders;
    headers = headers == null ? Map.of() : headers;
    body = body == null ? List.of() : body;
    bodyHasNot = bodyHasNot == null ? List.of() : bodyHasNot;
  }

  /** Those of an example, in the order in which they have to be sent. */
  public static List<Expectation> of(Path example) {
    try {
      return JsonMapper.builder()
          .build()
          .readValue(example.resolve(FILE).toFile(), new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends the request and compares, naming everything that differs. */
  public void checkAgainst(Site site) {
    HttpResponse<String> answer = site.send(toRequest(site));
    List<String> differences = new ArrayList<>();
    if (answer.statusCode() != status) {
      differences.add("status " + answer.statusCode() + " instead of " + status);
    }
    headers.forEach(
        (name, value) -> {
          String found = String.join(", ", answer.headers().allValues(name));
          if (!found.equals(value)) {
            differences.add("%s: '%s' instead of '%s'".formatted(name, found, value));
          }
        });
    body.stream()
        .filter(part -> !answer.body().contains(part))
        .forEach(part -> differences.add("the body lacks: " + part));
    bodyHasNot.stream()
        .filter(part -> answer.body().contains(part))
        .forEach(part -> differences.add("the body holds: " + part));
    assertEquals(List.of(), differences, () -> request + " was answered with:\n" + answer.body());
  }

  private HttpRequest.Builder toRequest(Site site) {
    String[] line = request.split(" ", 2);
    HttpRequest.Builder builder = HttpRequest.newBuilder(site.url(line[1]));
    requestHeaders.forEach(builder::header);
    if (requestBody == null) {
      return builder.method(line[0], BodyPublishers.noBody());
    }
    return builder
        .header("Content-Type", "application/x-www-form-urlencoded")
        .method(line[0], BodyPublishers.ofString(requestBody));
  }
}
