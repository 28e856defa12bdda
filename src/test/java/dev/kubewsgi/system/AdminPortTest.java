package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin port over HTTP: what it says, to whom, and how it refuses. */
@ExtendWith(OutputOnFailure.class)
class AdminPortTest {

  @TempDir static Path directory;

  private static ServedDirectory served;

  @BeforeAll
  static void serve() {
    String manifest =
        Scripts.group("site1", 1, 2)
            + Scripts.inGroup("site1", "/gate", "gate.py")
            + Scripts.embedded("/pid", "pid.py");
    served = ServedDirectory.of(Scripts.in(directory, manifest, "gate.py", "pid.py"));
  }

  @AfterAll
  static void end() {
    served.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gateways",
        "aliases",
        "application-groups",
        "groups",
        "groups/default/site1",
        "workers",
        "threads"
      })
  void everyPathOfTheApiAnswersJson(String path) {
    HttpResponse<String> answer = get("/api/v1/" + path);

    assertEquals(200, answer.statusCode());
    assertTrue(field(answer, "content-type").startsWith("application/json"));
    assertFalse(answer.body().contains("null"), answer.body());
  }

  @Test
  void theApiIsDescribed() {
    assertTrue(get("/openapi.json").body().contains("/api/v1/groups/{namespace}/{name}"));
  }

  @Test
  void aRequestThatRunsIsShownWithItsTarget() throws Exception {
    CompletableFuture<HttpResponse<String>> held =
        CompletableFuture.supplyAsync(() -> served.get("/gate?held"));
    Eventually.isTrue("the request runs", () -> Files.exists(directory.resolve("waiting")));

    String threads = get("/api/v1/threads").body();
    String metrics = get("/metrics").body();
    served.write("open", "");

    assertEquals(200, held.get().statusCode());
    assertTrue(threads.contains("\"target\":\"/gate?held\""), threads);
    assertTrue(metrics.contains("kubewsgi_group_busy_slots{group=\"default/site1\"} 1.0"), metrics);
  }

  @Test
  void thePageMayLoadNothingFromElsewhere() {
    HttpResponse<String> page = get("/");

    assertTrue(field(page, "content-type").startsWith("text/html"));
    assertTrue(field(page, "content-security-policy").startsWith("default-src 'none'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics", "/healthz", "/api/v1/threads", "/nothing"})
  void aForeignNameIsRefusedEverywhere(String path) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";

    RawAnswer answer = RawAnswer.to(served.adminUrl("/").getPort(), request);

    assertEquals(421, answer.status());
    assertEquals(List.of("content-type: application/problem+json"), contentTypes(answer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/api/v1/groups/default/nothing"})
  void whatIsNotThereIsAProblemThatSaysWhereToLook(String path) {
    HttpResponse<String> answer = get(path);

    assertEquals(404, answer.statusCode());
    assertEquals("application/problem+json", field(answer, "content-type"));
    assertTrue(answer.body().contains("\"status\":404"), answer.body());
    assertTrue(answer.body().contains("GET /"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void nothingCanBeChanged(String method) {
    HttpResponse<String> answer =
        served.send(
            HttpRequest.newBuilder(served.adminUrl("/api/v1/groups"))
                .method(method, BodyPublishers.noBody()));

    assertEquals(405, answer.statusCode());
    assertEquals("GET, HEAD, OPTIONS", field(answer, "allow"));
    assertEquals("application/problem+json", field(answer, "content-type"));
  }

  private static HttpResponse<String> get(String path) {
    return served.get(served.adminUrl(path));
  }

  private static String field(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static List<String> contentTypes(RawAnswer answer) {
    return answer.fields().stream().filter(field -> field.startsWith("content-type:")).toList();
  }
}
