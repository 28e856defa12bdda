package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Embedded requests that run for longer than requestTimeout, in all ways that they can. */
@ExtendWith(OutputOnFailure.class)
class EmbeddedOvertimeTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  private ServedDirectory serve(int threads) {
    String gateway =
        Scripts.gateway(
            "embedded: {enabled: true, threads: %d, requestTimeout: 1s}".formatted(threads));
    Scripts.in(
        directory,
        gateway + Scripts.embedded("/app", "overtime.py") + Scripts.embedded("/other", "pid.py"),
        "overtime.py",
        "pid.py");
    return ServedDirectory.of(directory);
  }

  @Test
  void oneThatPythonRunsIsInterruptedAndItsThreadServesOn() {
    try (ServedDirectory served = serve(1);
        Load load = new Load(served, "/other", 2)) {
      for (int time = 0; time < 2; time++) {
        String id = timedOut(served, "/app?spin");
        served
            .command()
            .awaitLine("its stack", line -> line.contains(id) && line.contains("overtime.py"));
        assertEquals(200, served.get("/app").statusCode());
      }
      load.assertNothingLost();
    }
  }

  @Test
  void anAnswerThatHasBegunIsBrokenOff() {
    try (ServedDirectory served = serve(1)) {
      assertThrows(UncheckedIOException.class, () -> served.get("/app?begin"));
      assertEquals(200, served.get("/app").statusCode());
    }
  }

  @Test
  void oneThatWaitsOutsidePythonIsAnsweredAndTheApiSaysThatItsThreadIsLost() {
    try (ServedDirectory served = serve(2)) {
      timedOut(served, "/app?sleep");
      Eventually.isTrue(
          "the thread is shown as lost, with its stack",
          () -> {
            JsonNode overtime =
                entry(served, "workers", worker -> !worker.path("overtime").isEmpty());
            return entry(served, "threads", thread -> thread.path("lost").asBoolean())
                    .at("/running/requestId")
                    .equals(overtime.at("/overtime/0/requestId"))
                && overtime.at("/overtime/0/stack").asText().contains("time.sleep(3600)");
          });
      assertEquals(200, served.get("/app").statusCode());

      timedOut(served, "/app?sleep");
      served.command().awaitLine("new threads", line -> line.contains("the same code starts"));
      assertEquals(200, served.get("/app").statusCode());
      assertEquals(200, served.get("/app").statusCode());
    }
  }

  @Test
  void oneThatKeepsTheGilIsAnsweredWhileItDoes() {
    try (ServedDirectory served = serve(2)) {
      timedOut(served, "/app?hold");
      assertFalse(Files.exists(served.file("held")), "it has ended by itself");
      assertEquals(200, served.get("/other").statusCode());
      assertEquals(200, served.get("/app").statusCode());
    }
  }

  private static JsonNode entry(ServedDirectory served, String what, Predicate<JsonNode> wanted) {
    try {
      JsonNode all = JSON.readTree(served.get(served.adminUrl("/api/v1/" + what)).body());
      return all.valueStream().filter(wanted).findFirst().orElse(MissingNode.getInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the request's id. */
  private static String timedOut(ServedDirectory served, String path) {
    HttpResponse<String> answer = served.get(path);
    assertEquals(504, answer.statusCode());
    assertTrue(answer.body().contains("KW519"), answer.body());
    return answer.body().replaceFirst("(?is).*request(?: id:)? ", "").strip();
  }
}
