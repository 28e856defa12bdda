package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application cannot tell embedded from daemon mode, and neither can its client: each case is
 * sent to the same script in both, and the answers are compared with what is expected and with each
 * other.
 */
@ExtendWith(OutputOnFailure.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WsgiParityTest {

  // Of one length, so that no Content-Length differs by the mount point.
  private static final String EMBEDDED = "/mode-e";
  private static final String DAEMON = "/mode-d";
  private static final String VALIDATED = "-valid";

  /** What may differ between two requests, or says in which mode one ran. */
  private static final Pattern OF_ONE_REQUEST =
      Pattern.compile(
          "\"(mod_wsgi\\.(process_group|application_group|request_id|connection_id|thread_id"
              + "|thread_requests|\\w+_start|queue_time|daemon_\\w+)|REMOTE_PORT"
              + "|wsgi\\.multiprocess|HTTP_X_REQUEST_ID|HTTP_X_QUEUE_START)\": \"[^\"]*\",?\n?");

  private static final Set<String> FIELDS_OF_ONE_ANSWER = Set.of("date", "x-request-id");

  private static ServedDirectory served;

  private record Case(int status, boolean complete, String request) {

    static Case answered(int status, String request) {
      return new Case(status, true, request);
    }

    static Case aborted(int status, String request) {
      return new Case(status, false, request);
    }

    /** As it goes over the wire, to a mount point. */
    String to(String mount) {
      String[] parts = request.split("\n\n", 2);
      String body = parts.length > 1 ? parts[1] : "";
      String head = parts[0].replace("\n", "\r\n").replaceFirst(" /", " " + mount + "/");
      return head.replaceFirst("\r\n|$", " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n")
          + (head.contains("\r\n") ? "\r\n\r\n" : "\r\n")
          + body;
    }

    @Override
    public String toString() {
      String line = request.lines().limit(3).reduce((a, b) -> a + " ¶ " + b).orElse("");
      return line.length() > 90 ? line.substring(0, 90) + "…" : line;
    }
  }

  static Stream<Case> validCases() {
    return Stream.of(
        Case.answered(200, "GET /environ"),
        Case.answered(200, "GET /environ/a%20b/%C3%A9//c/./d/../e?x=1&y=%20+&z"),
        Case.answered(200, "GET /environ?"),
        Case.answered(200, "PROPFIND /environ"),
        Case.answered(200, "OPTIONS /environ"),
        Case.answered(200, "DELETE /environ"),
        Case.answered(
            200,
            "GET /environ\nX-Twice: a\nX-Twice: b\nCookie: a=1\nCookie: b=2\nX_Under: no"
                + "\nProxy: no\nAuthorization: Basic eDp5\nX-Forwarded-For: 192.0.2.1\nX-Empty:"),
        Case.answered(200, "POST /environ\nContent-Type: text/x\nContent-Length: 3\n\nabc"),
        Case.answered(200, "POST /read_at_once\nContent-Length: 11\n\nhello world"),
        Case.answered(200, "POST /read_at_once\nContent-Length: 0"),
        Case.answered(200, "GET /read_at_once"),
        Case.answered(200, "POST /read_at_once\n" + chunked("hello ", "chunked ", "world")),
        Case.answered(200, "POST /read_at_once\nContent-Length: 300000\n\n" + "a".repeat(300_000)),
        Case.answered(200, "POST /read_in_pieces\nContent-Length: 26\n\n" + letters()),
        Case.answered(200, "POST /read_in_pieces\n" + chunked("ab", "cdefghijkl", "m")),
        Case.answered(200, "POST /read_lines\nContent-Length: 13\n\none\ntwo\n\nlast"),
        Case.answered(200, "POST /read_by_iteration\nContent-Length: 8\n\none\ntwo\n"),
        Case.answered(200, "POST /read_all_lines\nContent-Length: 7\n\none\ntwo"),
        Case.answered(200, "POST /read_past_the_end\nContent-Length: 5\n\nabcde"),
        Case.answered(200, "POST /read_sized\nContent-Length: 17\n\none\ntwo\nthree\nfour"),
        Case.answered(200, "POST /leave_unread\nContent-Length: 5\n\nabcde"),
        Case.answered(200, "POST /leave_unread\nContent-Length: 300000\n\n" + "a".repeat(300_000)),
        Case.answered(200, "POST /leave_unread\n" + chunked("left ", "unread")),
        Case.answered(200, "POST /leave_unread\nExpect: 100-continue\nContent-Length: 5\n\nabcde"),
        Case.answered(200, "POST /read_lazily\nContent-Length: 20000\n\n" + "b".repeat(20_000)),
        Case.answered(200, "POST /read_at_once\nExpect: 100-continue\nContent-Length: 5\n\nabcde"),
        Case.answered(200, "GET /log"),
        Case.answered(200, "GET /plain"),
        Case.answered(200, "HEAD /plain"),
        Case.answered(200, "GET /empty"),
        Case.answered(204, "GET /no_content"),
        Case.answered(304, "GET /not_modified"),
        Case.answered(418, "GET /own_reason"),
        Case.answered(200, "GET /cookies"),
        Case.answered(200, "GET /latin1_header"),
        Case.answered(200, "GET /generator"),
        Case.answered(200, "HEAD /generator"),
        Case.answered(200, "GET /empty_blocks"),
        Case.answered(200, "GET /late_start"),
        Case.answered(200, "GET /large"),
        Case.answered(200, "GET /write"),
        Case.answered(503, "GET /replaced_by_exc_info"),
        Case.answered(200, "GET /closing"),
        Case.answered(200, "GET /file"),
        Case.answered(200, "GET /tuple_of_blocks"),
        Case.answered(200, "GET /one_block"),
        Case.answered(200, "GET /sized"),
        Case.answered(200, "HEAD /large"),
        Case.answered(200, "HEAD /write"),
        Case.answered(999, "GET /status_999"),
        Case.answered(304, "GET /not_modified_with_length"),
        Case.answered(200, "GET /large_header"),
        Case.answered(200, "GET /environ_changed"),
        Case.answered(200, "GET /real"),
        Case.answered(200, "HEAD /real"),
        Case.answered(200, "GET /real_from_its_middle"),
        Case.answered(200, "GET /real_range"),
        Case.answered(200, "GET /real_large"),
        Case.answered(200, "GET /real_empty"),
        Case.answered(200, "GET /file_that_only_reads"),
        Case.answered(404, "GET /nothing"));
  }

  /** Whose status, headers or body are not as PEP 3333 wants them. */
  private static final List<String> ODD =
      List.of(
          "status_of_a_number",
          "status_without_space",
          "status_with_newline",
          "status_beyond_latin1",
          "status_informational",
          "headers_of_a_tuple",
          "headers_of_a_dict",
          "header_of_a_list",
          "header_of_three",
          "header_name_of_bytes",
          "header_value_of_bytes",
          "header_name_empty",
          "header_name_with_colon",
          "header_with_tab",
          "header_with_nul",
          "hop_by_hop_connection",
          "hop_by_hop_transfer",
          "hop_by_hop_upgrade",
          "length_twice",
          "length_negative",
          "length_with_plus",
          "returns_text",
          "returns_bytes",
          "returns_a_number",
          "returns_bytearrays",
          "returns_memoryviews",
          "returns_text_later",
          "raises_before_its_first_block",
          "raises_in_iter",
          "writes_text",
          "yields_before_it_starts",
          "starts_twice_with_no_exc_info",
          "reads_none",
          "logs_bytes",
          "file_of_text",
          "file_that_cannot_be_read");

  static Stream<Case> oddCases() {
    return ODD.stream().map(name -> Case.answered(500, "GET /" + name));
  }

  static Stream<Case> faultyCases() {
    return Stream.of(
        Case.answered(500, "GET /raises"),
        Case.answered(500, "HEAD /raises"),
        Case.answered(500, "POST /raises\nContent-Length: 5\n\nabcde"),
        Case.answered(500, "GET /raises_after_start"),
        Case.aborted(200, "GET /raises_in_the_middle"),
        Case.answered(200, "GET /raises_in_close"),
        Case.aborted(200, "GET /exc_info_in_the_middle"),
        Case.answered(500, "GET /exits"),
        Case.answered(500, "GET /interrupts"),
        Case.answered(500, "GET /never_starts"),
        Case.answered(500, "GET /returns_none"),
        Case.answered(500, "GET /yields_text"),
        Case.answered(500, "GET /starts_twice"),
        Case.answered(500, "GET /status_without_number"),
        Case.answered(500, "GET /status_of_bytes"),
        Case.answered(500, "GET /status_below_100"),
        Case.answered(500, "GET /header_splitting"),
        Case.answered(500, "GET /header_name_with_space"),
        Case.answered(500, "GET /header_not_text"),
        Case.answered(500, "GET /header_beyond_latin1"),
        Case.answered(500, "GET /length_not_a_number"),
        Case.aborted(200, "GET /body_too_short"),
        Case.answered(200, "GET /body_too_long"),
        Case.answered(204, "GET /body_with_204"),
        Case.answered(200, "GET /names_that_wsgiref_does_not_know"),
        Case.aborted(200, "GET /raises_in_the_middle_and_closes"),
        Case.answered(200, "GET /raises_after_its_whole_length"),
        Case.aborted(200, "GET /exits_in_the_middle"),
        Case.aborted(200, "GET /yields_text_in_the_middle"),
        Case.aborted(200, "GET /writes_and_raises"),
        Case.answered(200, "GET /writes_more_than_its_length"),
        Case.answered(200, "GET /starts_after_an_empty_block"),
        Case.answered(503, "GET /first_start_with_exc_info"),
        Case.aborted(200, "GET /file_too_short"));
  }

  static Stream<Case> allCases() {
    return Stream.of(validCases(), faultyCases(), oddCases()).flatMap(cases -> cases);
  }

  @BeforeAll
  static void serve(@TempDir Path directory) {
    String path = "  python: {path: [.]}\n";
    Scripts.in(
        directory,
        Scripts.group("site1", 1, 2)
            + Scripts.embedded(EMBEDDED, "behaviours.py")
            + Scripts.inGroup("site1", DAEMON, "behaviours.py")
            + Scripts.embedded(EMBEDDED + VALIDATED, "validated.py")
            + path
            + Scripts.inGroup("site1", DAEMON + VALIDATED, "validated.py")
            + path,
        "behaviours.py",
        "validated.py");
    served = ServedDirectory.of(directory);
  }

  @AfterAll
  static void end() {
    served.close();
  }

  @ParameterizedTest
  @MethodSource("allCases")
  void bothModesGiveTheSameAnswer(Case asked) {
    RawAnswer embedded = RawAnswer.to(served.port(), asked.to(EMBEDDED));
    RawAnswer daemon = RawAnswer.to(served.port(), asked.to(DAEMON));
    assertEquals(asked.status(), embedded.status(), embedded::toString);
    assertEquals(asked.complete(), embedded.complete(), "embedded: whether the answer is whole");
    assertEquals(comparable(embedded), comparable(daemon));
    assertEquals(asked.complete(), daemon.complete(), "daemon: whether the answer is whole");
    assertFalse(embedded.body().contains("a secret of the application"), embedded.body());
  }

  @ParameterizedTest
  @MethodSource("validCases")
  void wsgirefValidatePassesInBothModes(Case asked) {
    for (String mount : List.of(EMBEDDED + VALIDATED, DAEMON + VALIDATED)) {
      RawAnswer answer = RawAnswer.to(served.port(), asked.to(mount));
      assertEquals(asked.status(), answer.status(), answer::toString);
      assertTrue(answer.complete(), () -> mount + " gave half an answer: " + answer);
    }
  }

  static Stream<Arguments> closings() {
    return mounts()
        .flatMap(
            mount ->
                Stream.of(
                        "GET /closing",
                        "HEAD /closing",
                        "GET /closing_file",
                        "GET /closing_unsent",
                        "GET /raises_in_the_middle_and_closes")
                    .map(request -> Arguments.of(mount, request)));
  }

  @ParameterizedTest
  @MethodSource("closings")
  void closeIsCalledOnceForEachAnswer(String mount, String request) {
    int before = closed(mount);
    for (int answer = 0; answer < 3; answer++) {
      RawAnswer.to(served.port(), Case.answered(200, request).to(mount));
    }
    // A client may have its whole answer before close() is called.
    Eventually.isTrue("each answer is closed", () -> closed(mount) >= before + 3);
    assertEquals(before + 3, closed(mount));
  }

  /** Not the next request's body, nor its answer. */
  @ParameterizedTest
  @MethodSource("mounts")
  void whatAnApplicationKeepsOfARequestIsOfNoUseAfterItsEnd(String mount) {
    RawAnswer.to(served.port(), Case.answered(200, "GET /keep").to(mount));
    assertEquals(
        "read:RuntimeError line:RuntimeError errors:RuntimeError start:RuntimeError"
            + " write:RuntimeError",
        RawAnswer.to(served.port(), Case.answered(200, "GET /use_what_was_kept").to(mount)).body());
  }

  private static int closed(String mount) {
    return Integer.parseInt(
        RawAnswer.to(served.port(), Case.answered(200, "GET /closed").to(mount)).body());
  }

  static Stream<String> mounts() {
    return Stream.of(EMBEDDED, DAEMON);
  }

  private static String comparable(RawAnswer answer) {
    String fields =
        answer.fields().stream()
            .filter(field -> !FIELDS_OF_ONE_ANSWER.contains(field.split(":")[0]))
            .filter(field -> !isLengthOfEnviron(answer, field))
            .sorted()
            .reduce("", (a, b) -> a + b + "\n");
    String body = OF_ONE_REQUEST.matcher(answer.body()).replaceAll("");
    return (answer.status() + "\n" + fields + "\n" + body)
        .replace(EMBEDDED, "/mode")
        .replace(DAEMON, "/mode")
        .replaceAll("(Request id: )[0-9a-f]{32}", "$1ID");
  }

  /** It holds values whose length differs from request to request. */
  private static boolean isLengthOfEnviron(RawAnswer answer, String field) {
    return field.startsWith("content-length:") && answer.body().contains("\"wsgi.version\"");
  }

  private static String chunked(String... chunks) {
    StringBuilder text = new StringBuilder("Transfer-Encoding: chunked\n\n");
    for (String chunk : chunks) {
      text.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
    }
    return text.append("0\r\n\r\n").toString();
  }

  private static String letters() {
    return "abcdefghijklmnopqrstuvwxyz";
  }
}
