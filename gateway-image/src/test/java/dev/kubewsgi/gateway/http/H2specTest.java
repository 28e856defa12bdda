package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * All of h2spec, its strict cases too, against listeners in plain text and over TLS. What we do
 * otherwise than it wants is named here, with the reason.
 */
@Timeout(300)
final class H2specTest {

  /** No Go on this machine. */
  private static final int MISSING = 3;

  /** A case passes at the answer; those that we fail wait that long. */
  private static final String ANSWER_SECONDS = "3";

  /**
   * Fails unless the answer to the first header section has ended the stream before the second
   * comes. The second repeats the pseudo-fields, which trailers must not have (RFC 9113 section
   * 8.1): on an open stream that is a PROTOCOL_ERROR before it is a STREAM_CLOSED.
   */
  private static final String EITHER_WAY = "http2/5.1 half closed (remote): Sends a HEADERS frame";

  private static final Map<String, String> OTHERWISE =
      Map.of(
          "http2/5.1 closed: Sends a HEADERS frame",
          "Netty forgets a stream that is closed, and resets it with STREAM_CLOSED instead of"
              + " ending the connection; nothing is run, and the resets are counted",
          "http2/5.1.1 Sends stream identifier that is numerically smaller than previous",
          "likewise: a stream that was passed over is closed (RFC 9113 section 5.1.1)");

  /** On top of them. */
  private static final Map<String, String> OTHERWISE_IN_PLAIN_TEXT =
      Map.of(
          "http2/3.5 Sends invalid connection preface",
          "the port speaks HTTP/1.1 too, and answers 400 in it before it closes");

  @TempDir private Path folder;

  @Test
  void everyCaseThatIsNotNamedHerePassesInPlainTextAndOverTls() throws Exception {
    Path h2spec = built();
    Tls.Pem tls = TestCertificate.make(folder);
    Vertx vertx = Vertx.vertx();
    HttpStats stats = new HttpStats();
    HttpFront front =
        HttpFront.start(
            vertx,
            Settings.of(
                List.of(
                    Settings.listener("plain", 0),
                    new Listener("tls", "127.0.0.1", 0, Optional.of(tls))),
                Settings.LIMITS,
                Settings.PATIENT,
                List.of()),
            Applications.everywhere(Applications.echo()),
            stats,
            AccessLog.ofLogger(),
            "test");
    try {
      Run plain = new Run(h2spec, front.listening().get(0).port(), folder.resolve("plain.xml"));
      Run encrypted =
          new Run(h2spec, front.listening().get(1).port(), folder.resolve("tls.xml"), "-t", "-k");
      Map<String, String> otherwise = new TreeMap<>(OTHERWISE);
      encrypted.assertAllPassBut(otherwise.keySet());
      otherwise.putAll(OTHERWISE_IN_PLAIN_TEXT);
      plain.assertAllPassBut(otherwise.keySet());
    } finally {
      front.stop().join();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    assertEquals(0, stats.snapshot().inFlight(), "requests in flight");
  }

  private static Path built() throws IOException, InterruptedException {
    Process build =
        new ProcessBuilder(Path.of("../src/test/h2spec/build").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = build.waitFor();
    if (code == MISSING && !"true".equals(System.getenv("CI"))) {
      abort(said.lines().findFirst().orElse("h2spec cannot be built"));
    }
    assertEquals(0, code, said);
    return Path.of(said.lines().toList().getLast());
  }

  /** One run of h2spec, from its start on. */
  private static final class Run {

    private final Process process;
    private final Path report;

    Run(Path h2spec, int port, Path report, String... options) throws IOException {
      this.report = report;
      List<String> command = new ArrayList<>(List.of(h2spec.toString(), "-p", "" + port, "-S"));
      Collections.addAll(command, "-o", ANSWER_SECONDS, "-P", "/", "-j", report.toString());
      Collections.addAll(command, options);
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Path.of(report + ".log").toFile())
              .start();
    }

    void assertAllPassBut(Set<String> otherwise) throws Exception {
      process.waitFor();
      NodeList cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName("testcase");
      assertTrue(cases.getLength() >= 146, () -> "cases: " + cases.getLength());
      Set<String> failed = new TreeSet<>();
      for (int i = 0; i < cases.getLength(); i++) {
        Element one = (Element) cases.item(i);
        if (one.getElementsByTagName("error").getLength() > 0
            || one.getElementsByTagName("failure").getLength() > 0) {
          failed.add(one.getAttribute("package") + " " + one.getAttribute("classname"));
        }
      }
      failed.remove(EITHER_WAY);
      String log = Files.readString(Path.of(report + ".log"));
      assertEquals(new TreeSet<>(otherwise), failed, () -> log.substring(log.indexOf("Failures")));
    }
  }
}
