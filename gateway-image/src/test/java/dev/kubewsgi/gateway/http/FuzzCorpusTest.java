package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kubewsgi.gateway.daemon.AnswerFuzzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Replays what fuzzers have found to be different ways through the gateway's parsers, and whatever
 * once broke a rule there: {@code src/test/fuzz/corpus}. The fuzzing itself is {@code make fuzz}.
 */
@Timeout(120)
final class FuzzCorpusTest {

  private static final Path CORPUS = Path.of("../src/test/fuzz/corpus");

  /** A target of a fuzzer. */
  private interface Target {

    void run(byte[] input) throws IOException;
  }

  @Test
  void connectionsOfHttp1() throws IOException {
    replay("gateway-http1", Http1Fuzzer::fuzzerTestOneInput);
  }

  @Test
  void targetsHostsAndProxies() throws IOException {
    replay("gateway-addresses", AddressFuzzer::fuzzerTestOneInput);
  }

  @Test
  void answersOfWorkers() throws IOException {
    replay("gateway-answers", AnswerFuzzer::fuzzerTestOneInput);
  }

  private static void replay(String name, Target target) throws IOException {
    List<Path> inputs;
    try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
      inputs = files.sorted().toList();
    }
    assertFalse(inputs.isEmpty(), name);
    for (Path input : inputs) {
      try {
        target.run(Files.readAllBytes(input));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(input + " breaks a rule", e);
      }
    }
  }
}
