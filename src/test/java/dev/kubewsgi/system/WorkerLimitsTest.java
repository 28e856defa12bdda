package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a worker or a request by a group's limits costs no other request. */
@ExtendWith(OutputOnFailure.class)
class WorkerLimitsTest {

  @TempDir Path directory;

  private ServedDirectory serve(String limit) {
    Scripts.in(
        directory,
        Scripts.group("site1", 2, 3)
            + "  "
            + limit
            + "\n"
            + Scripts.inGroup("site1", "/app", "overtime.py"),
        "overtime.py");
    return ServedDirectory.of(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maximumRequests: 100", "restartInterval: 500ms", "cpuTimeLimit: 50ms"})
  void workersAreReplacedUnderALoadAndNoRequestIsLost(String limit) {
    try (ServedDirectory served = serve(limit);
        Load load = new Load(served, "/app", 8)) {
      Set<String> processes = new HashSet<>();
      Eventually.isTrue(
          "six processes have served",
          () -> {
            processes.add(served.get("/app").body());
            return processes.size() >= 6;
          });
      load.assertNothingLost();
      String cause = "cause=\"" + limit.substring(0, limit.indexOf(':')) + "\"";
      Eventually.isTrue(
          "the ends are counted with " + cause,
          () -> served.get(served.adminUrl("/metrics")).body().contains(cause));
    }
  }

  @Test
  void aRequestThatTakesTooLongIsAnsweredWith504AndOthersGoOn() {
    try (ServedDirectory served = serve("requestTimeout: 2s");
        Load load = new Load(served, "/app", 4)) {
      assertTimedOut(served, "/app?spin");
      // Not interrupted by Python: its worker is replaced.
      String before = served.command().output().toString();
      assertTrue(!before.contains("has reached requestTimeout"), before);
      assertTimedOut(served, "/app?sleep");
      Eventually.isTrue(
          "the worker has been replaced",
          () ->
              served.command().output().stream()
                  .anyMatch(line -> line.contains("has reached requestTimeout")));
      load.awaitAnswers(200);
      load.assertNothingLost();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"firstByte", "deadline"})
  void aClientIsNotKeptWaitingForLongerThanTheTimeoutsOfTheGroup(String field) {
    String limit = "timeouts: {%s: 1s}\n  gracefulTimeout: 100ms".formatted(field);
    try (ServedDirectory served = serve(limit);
        Load load = new Load(served, "/app", 4)) {
      HttpResponse<String> answer = served.get("/app?sleep");
      assertEquals(504, answer.statusCode());
      assertTrue(answer.body().contains("KW520"), answer.body());
      Eventually.isTrue(
          "the log names the field",
          () ->
              served.command().output().stream()
                  .anyMatch(line -> line.contains("KW520") && line.contains("timeouts." + field)));
      load.awaitAnswers(200);
      load.assertNothingLost();
    }
  }

  @Test
  void aBodyThatIsStillSentDoesNotHideTheAnswer() {
    try (ServedDirectory served = serve("requestTimeout: 2s")) {
      byte[] body = new byte[8 << 20];
      var request = HttpRequest.newBuilder(served.url("/app?sleep"));
      HttpResponse<String> answer = served.send(request.POST(BodyPublishers.ofByteArray(body)));
      assertEquals(504, answer.statusCode());
      assertTrue(answer.body().startsWith("KW519: "), answer.body());
    }
  }

  private static void assertTimedOut(ServedDirectory served, String path) {
    long began = System.nanoTime();
    HttpResponse<String> answer = served.get(path);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertEquals(504, answer.statusCode());
    assertTrue(answer.body().startsWith("KW519: "), answer.body());
    assertTrue(took.compareTo(Duration.ofSeconds(2)) >= 0, took.toString());
    String id = answer.body().lines().skip(1).findFirst().orElseThrow().replace("Request id: ", "");
    Eventually.isTrue(
        "the log shows where it stood",
        () ->
            served.command().output().stream()
                .anyMatch(line -> line.contains(id) && line.contains("KW519")));
  }
}
