package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Flask and Django applications do beside small answers, in both modes: streams, large
 * uploads, ranges of files, events that a server sends.
 */
@ExtendWith(OutputOnFailure.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrameworksTest {

  /** Of an upload: {@code -Dkube-wsgi.upload-mebibytes=1024} for a gibibyte. */
  private static final int UPLOAD = Integer.getInteger("kube-wsgi.upload-mebibytes", 256);

  /** Far below what is uploaded; a heap and what a parser keeps grow to some of it. */
  private static final long MOST_GROWTH_KIB = 100 * 1024;

  private static final String BOUNDARY = "a-boundary-of-a-test";

  private ServedDirectory served;

  @BeforeAll
  void serve(@TempDir Path directory) {
    StringBuilder manifest =
        new StringBuilder(
            Scripts.gateway("embedded: {enabled: true}\nlimits: {body: 2Gi}")
                + Scripts.group("site1", 1, 5));
    for (String framework : List.of("flask", "django")) {
      String script = framework + "_idioms.py";
      manifest
          .append(Scripts.embedded("/embedded/" + framework, script))
          .append(PythonPackages.ofAlias())
          .append(Scripts.inGroup("site1", "/daemon/" + framework, script))
          .append(PythonPackages.ofAlias());
    }
    Scripts.in(directory, manifest.toString(), "flask_idioms.py", "django_idioms.py");
    served = ServedDirectory.of(directory);
  }

  @AfterAll
  void end() {
    if (served != null) {
      served.close();
    }
  }

  static Stream<String> all() {
    return Stream.of("/embedded/flask", "/daemon/flask", "/embedded/django", "/daemon/django");
  }

  static Stream<String> flask() {
    return all().filter(path -> path.endsWith("flask"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStreamHasAllItsBlocks(String path) {
    String expected =
        IntStream.range(0, 1000).mapToObj(n -> "x," + n + "\n").reduce("", String::concat);
    RawAnswer answer = get(path + "/stream?name=x");
    assertEquals(expected, answer.body());
    assertEquals("chunked", answer.field("transfer-encoding").orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aLargeUploadDoesNotGrowWhatRuns(String path) throws Exception {
    long growth = highestKib();
    String answer = upload(path + "/upload");
    growth = highestKib() - growth;
    String framework = path.substring(1).replace('/', ' ').toUpperCase(Locale.ROOT);
    System.out.printf("%s: an upload of %d MiB, growth %d KiB%n", framework, UPLOAD, growth);
    assertTrue(growth < MOST_GROWTH_KIB, "it grew by " + growth + " KiB");
    assertEquals(digest(), answer);
  }

  /** The sum of the most that the gateway and the group's processes have ever had resident. */
  private long highestKib() {
    return Stream.concat(
            Stream.of(served.command().pid()),
            served.processesOf("site1").stream().map(ProcessHandle::pid))
        .mapToLong(FrameworksTest::highestKib)
        .sum();
  }

  private static long highestKib(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", "" + pid, "status"))) {
      String line = lines.filter(text -> text.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    } catch (IOException e) {
      return 0; // it has ended
    }
  }

  private String upload(String path) throws IOException {
    String start = part("title", "", "a title") + part("file", "; filename=\"large\"", "");
    start = start.substring(0, start.length() - 2);
    String stop = "\r\n--" + BOUNDARY + "--\r\n";
    byte[] block = block();
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      long length = start.length() + (long) UPLOAD * block.length + stop.length();
      // HTTP/1.0: an answer without chunks.
      String head = "POST %s HTTP/1.0\r\nHost: test\r\n".formatted(path);
      String type = "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n";
      out.write(
          (head + type + "Content-Length: " + length + "\r\n\r\n" + start).getBytes(ISO_8859_1));
      for (int i = 0; i < UPLOAD; i++) {
        out.write(block);
      }
      out.write(stop.getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private static String part(String name, String more, String value) {
    return "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n"
        .formatted(BOUNDARY, name, more, value);
  }

  /** A mebibyte without line ends, at which parsers of multipart stop. */
  private static byte[] block() {
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) ('a' + i % 23);
    }
    return block;
  }

  private static String digest() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < UPLOAD; i++) {
      digest.update(block());
    }
    String hex = HexFormat.of().formatHex(digest.digest());
    return ((long) UPLOAD << 20) + " " + hex + " a title";
  }

  @ParameterizedTest
  @MethodSource("all")
  void aFileIsSentWithItsLength(String path) {
    RawAnswer answer = get(path + "/file");
    assertEquals("0123456789".repeat(1000), answer.body());
    assertEquals("10000", answer.field("content-length").orElseThrow());
    assertEquals("", RawAnswer.to(served.port(), request("HEAD", path + "/file", "")).body());
  }

  @ParameterizedTest
  @MethodSource("flask")
  void aRangeOfAFileIsThatRange(String path) {
    RawAnswer range = get(path + "/file", "Range: bytes=5-14");
    assertEquals(206, range.status());
    assertEquals("5678901234", range.body());
    assertEquals("bytes 5-14/10000", range.field("content-range").orElseThrow());
    assertEquals("89", get(path + "/file", "Range: bytes=-2").body());
    assertEquals(416, get(path + "/file", "Range: bytes=10000-").status());
    assertEquals(304, get(path + "/file", "If-None-Match: \"one\"").status());
  }

  @ParameterizedTest
  @MethodSource("all")
  void anEventIsThereWhenItHappensAndALeavingClientEndsItsGenerator(String path) throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request("GET", path + "/events", "").getBytes(ISO_8859_1));
      var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      for (String event : List.of("one", "two")) {
        // The stream goes on while the second request is answered.
        assertEquals(
            200,
            served
                .send(
                    HttpRequest.newBuilder(served.url(path + "/events"))
                        .POST(BodyPublishers.ofString(event)))
                .statusCode());
        String line = lines.readLine();
        while (line != null && !line.equals("data: " + event)) {
          line = lines.readLine();
        }
        assertEquals("data: " + event, line);
      }
    }
    Eventually.isTrue(
        "its generator is closed", () -> served.get(path + "/left").body().equals("1"));
  }

  @Test
  void aWebSocketIsRefusedByNameBeforeAnyApplicationIsAsked() {
    for (String path : List.of("/embedded/flask", "/daemon/flask")) {
      RawAnswer answer =
          RawAnswer.to(
              served.port(),
              ("GET %s/stream HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                  .formatted(path));
      assertEquals(501, answer.status());
      assertTrue(answer.body().contains("KW406"), answer::body);
    }
  }

  private RawAnswer get(String path, String... fields) {
    return RawAnswer.to(served.port(), request("GET", path, String.join("\r\n", fields)));
  }

  private static String request(String method, String path, String fields) {
    return "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s\r\n"
        .formatted(method, path, fields.isEmpty() ? "" : fields + "\r\n");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", served.port());
    socket.setSoTimeout((int) CommandLine.PATIENCE.toMillis());
    return socket;
  }
}
