package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Pages that a gateway shows for what no application has answered. */
@ExtendWith(OutputOnFailure.class)
class ErrorPagesTest {

  private static final String PAGES =
      """
      embedded: {enabled: true}
      errorPages:
        - {status: 404, body: "<p>nothing here (%{CODE})", contentType: text/html}
        - {status: 500, body: '{"status": %{STATUS}, "id": "%{REQUEST_ID}", "why": "%{CODE}"}',
           contentType: application/json}
      """;

  @TempDir Path directory;

  private ServedDirectory serve(String fields) {
    Scripts.in(
        directory,
        Scripts.gateway(fields)
            + Scripts.group("site1", 1, 2)
            + Scripts.inGroup("site1", "/grouped", "failing.py")
            + Scripts.embedded("/embedded", "failing.py"),
        "failing.py");
    return ServedDirectory.of(directory);
  }

  @Test
  void aPageOfTheManifestIsShownForAFailureAndNotForAnAnswer() {
    try (ServedDirectory served = serve(PAGES)) {
      HttpResponse<String> nothing = served.get("/elsewhere");
      assertEquals(404, nothing.statusCode());
      assertEquals("<p>nothing here (KW404)", nothing.body());
      assertEquals(List.of("text/html"), nothing.headers().allValues("content-type"));
      for (String alias : List.of("/embedded", "/grouped")) {
        afterManySmallAnswers(served, alias);
        HttpResponse<String> failure = served.get(alias + "?raise");
        assertEquals(500, failure.statusCode());
        assertEquals(List.of("application/json"), failure.headers().allValues("content-type"));
        String id = failure.body().split("\"")[5];
        assertEquals(
            "{\"status\": 500, \"id\": \"%s\", \"why\": \"KW521\"}".formatted(id), failure.body());
        served.command().awaitLine("a log line of request " + id, line -> line.contains(id));
        assertEquals(
            "of the application", served.get(alias + "?status=500+Internal+Server+Error").body());
      }
    }
  }

  @Test
  void withoutPagesFailuresHaveTheirShortOnesAndNoInternalField() {
    try (ServedDirectory served = serve("embedded: {enabled: true}")) {
      for (String alias : List.of("/embedded", "/grouped")) {
        afterManySmallAnswers(served, alias);
        HttpResponse<String> failure = served.get(alias + "?raise");
        assertTrue(failure.headers().firstValue("x-request-id").isPresent());
        assertTrue(failure.body().startsWith("KW521: "), failure.body());
        assertTrue(
            failure.headers().map().keySet().stream().noneMatch(name -> name.contains("kubewsgi")),
            () -> failure.headers().toString());
      }
    }
  }

  /** The gateway reads less at a time by then, so that a failure comes in two pieces. */
  private static void afterManySmallAnswers(ServedDirectory served, String alias) {
    for (int i = 0; i < 100; i++) {
      assertEquals(204, served.get(alias + "?status=204+No+Content").statusCode());
    }
  }
}
