package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.routes.AnswerSettings;
import dev.kubewsgi.routes.ApplicationGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that take too long for their group: the client is not kept waiting. */
class AnswerTimeoutsTest {

  private static final Optional<Duration> SHORT = Optional.of(Duration.ofSeconds(1));
  private static final Optional<Duration> NONE = Optional.empty();

  /** Does what its path says before, within and after its answer. */
  private static final String CODE =
      """
      import os, time

      def wait(gate):
          while not os.path.exists(gate):
              time.sleep(0.002)

      def application(environ, start_response):
          what, _, gate = environ["PATH_INFO"].partition(":")
          if what == "late":
              wait(gate)
          start_response("200 OK", [])
          if what == "large":
              return (b"x" * 65536 for _ in range(40))
          return stream(what, gate)

      def stream(what, gate):
          yield b"begun"
          while what == "endless" and not os.path.exists(gate):
              time.sleep(0.005)
              yield b"."
          if what == "pause":
              wait(gate)
          yield b"over"
      """;

  private TestGroup test;
  private ApplicationGroup application;
  private Path gate;

  @BeforeEach
  void start() throws Exception {
    test = new TestGroup(1, 2);
    application = test.script("waits", CODE);
    gate = test.scripts.resolve("gate");
  }

  @AfterEach
  void stop() throws Exception {
    Files.writeString(gate, "what still runs may end");
    test.close();
  }

  @Test
  void anAnswerThatDoesNotBeginInTimeIs504AndNamesTheField() throws Exception {
    given(SHORT, NONE, NONE);

    RecordedExchange late = test.get(application, "late:" + gate);

    assertEquals(504, late.status());
    assertEquals(FailureCode.ANSWER_TOO_LATE, late.failure.code());
    assertTrue(late.failure.detail().contains("timeouts.firstByte"), late.failure.detail());
    Files.writeString(gate, "open");
    assertEquals("begunover", test.get(application, "pause:" + gate).text());
  }

  @Test
  void anAnswerThatFallsSilentIsBrokenOff() throws Exception {
    given(NONE, SHORT, NONE);
    RecordedExchange late = test.sendGet(0, application, "late:" + gate);

    RecordedExchange silent = test.get(application, "pause:" + gate);

    assertTrue(silent.aborted);
    assertEquals("begun", silent.text());
    assertTrue(silent.failure.detail().contains("timeouts.idle"), silent.failure.detail());
    assertFalse(late.over.isDone());
    Files.writeString(gate, "open");
    assertEquals("begunover", late.await().text());
  }

  @Test
  void theDeadlineEndsWhatGoesOnAndWhatWaits() throws Exception {
    given(NONE, NONE, SHORT);
    RecordedExchange endless = test.sendGet(0, application, "endless:" + gate);
    RecordedExchange late = test.sendGet(1, application, "late:" + gate);
    TestGroup.until("both run", () -> test.group.status().busySlots() == 2);
    RecordedExchange queued = test.sendGet(0, application, "endless:" + gate);

    assertTrue(endless.await().aborted);
    assertTrue(endless.failure.detail().contains("timeouts.deadline"));
    assertEquals(504, late.await().status());
    // It may have been at the worker for a moment when its time was over.
    Set<FailureCode> either = Set.of(FailureCode.QUEUE_TIMEOUT, FailureCode.ANSWER_TOO_LATE);
    assertTrue(either.contains(queued.await().failure.code()));
  }

  @Test
  void aClientThatTakesItsTimeIsNotTheWorkersFault() throws Exception {
    given(NONE, SHORT, NONE);
    RecordedExchange slow = RecordedExchange.get(test.loop(0), test.route(application), "large:");
    slow.window = 1;
    slow.send(test.group.application(application.id()));
    TestGroup.until("the client is slow", () -> slow.taken > 0);

    assertTrue(test.get(application, "pause:" + gate).aborted);

    assertFalse(slow.over.isDone());
    slow.drainAll();
    assertEquals(40 * 65_536, slow.await().taken);
    assertFalse(slow.aborted);
  }

  private void given(
      Optional<Duration> firstByte, Optional<Duration> idle, Optional<Duration> deadline)
      throws Exception {
    test.answer(new AnswerSettings(firstByte, idle, deadline, AnswerSettings.DEFAULTS.buffer()));
    test.apply(application);
    test.untilSlots(2);
  }
}
