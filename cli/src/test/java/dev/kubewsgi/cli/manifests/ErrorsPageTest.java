package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.routes.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/errors.md explains each code about manifests, and none that is not there. */
class ErrorsPageTest {

  private static final Path PAGE = Path.of("../docs/errors.md");

  @Test
  void everyCodeAboutManifestsHasItsSection() throws IOException {
    List<String> explained =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.matches("### KW1[0-9]{2}: .*"))
            .map(line -> line.substring(4, 9))
            .toList();
    List<String> used =
        Stream.concat(
                Arrays.stream(FindingCode.values()).map(Enum::name),
                Arrays.stream(Refusal.Reason.values()).map(Refusal.Reason::code))
            .filter(code -> code.startsWith("KW1"))
            .sorted()
            .toList();
    assertEquals(used, explained);
  }
}
