package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests that an API server refuses, each with what is said of it below {@code # expected:}.
 * Their scripts are on no machine, which is another test's matter.
 */
class InvalidManifestsTest {

  private static final Path DIRECTORY = Path.of("src/test/resources/manifests/invalid");

  static List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void everyFaultIsFoundWithItsPlaceAndCure(Path manifest) throws IOException {
    String prefix = manifest + ":";
    List<String> said =
        Standalone.compile(manifest, OptionalInt.empty()).findings().stream()
            .filter(finding -> !finding.code().equals("KW301"))
            .map(finding -> finding.toString().substring(prefix.length()))
            .toList();
    assertEquals(expected(manifest), said);
  }

  private static List<String> expected(Path manifest) throws IOException {
    return Files.readAllLines(manifest).stream()
        .dropWhile(line -> !line.equals("# expected:"))
        .skip(1)
        .map(line -> line.substring("# ".length()))
        .toList();
  }

  @Test
  void theFolderIsNotEmptyAndEachExpectsSomething() throws IOException {
    assertTrue(manifests().size() >= 40);
    for (Path manifest : manifests()) {
      assertTrue(!expected(manifest).isEmpty(), manifest::toString);
    }
  }
}
