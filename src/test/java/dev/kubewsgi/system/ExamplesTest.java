package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example does what its README says. */
@ExtendWith(OutputOnFailure.class)
class ExamplesTest {

  static Stream<String> examples() {
    return Checkout.examples().stream().map(example -> example.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExpectedAnswerIsGivenAndEveryPrintedUrlAnswers(String name, @TempDir Path directory) {
    Path example = copyOf(name, directory);
    try (ServedDirectory served = ServedDirectory.of(example)) {
      Expectation.of(example).forEach(expectation -> expectation.checkAgainst(served.site()));
      List<URI> urls = served.printedUrls();
      assertFalse(urls.isEmpty(), "the table shows no URL");
      for (URI url : urls) {
        assertEquals(200, served.getAndFollow(url).statusCode(), url::toString);
      }
    }
  }

  @Test
  void theTwoDjangoExamplesDifferInOneField() throws IOException {
    List<String> together =
        Files.readAllLines(Checkout.ROOT.resolve("examples/two-django-projects/manifests.yaml"));
    List<String> apart =
        Files.readAllLines(
            Checkout.ROOT.resolve("examples/two-django-projects-apart/manifests.yaml"));
    assertEquals(together.size(), apart.size());
    List<String> differences = new ArrayList<>();
    IntStream.range(0, apart.size())
        .filter(line -> !together.get(line).equals(apart.get(line)))
        .forEach(line -> differences.add(together.get(line) + " →" + apart.get(line)));
    assertEquals(List.of("  processGroup: site1 →  processGroup: site2"), differences);
  }

  /** A copy to write in, or a skipped test where what the example needs has not been set up. */
  static Path copyOf(String name, Path directory) {
    Path example = Checkout.ROOT.resolve("examples", name);
    Path venv = example.resolve(".venv");
    boolean needsSetup = Files.exists(example.resolve("setup")) || Files.isSymbolicLink(venv);
    assumeTrue(
        !needsSetup || Files.exists(venv),
        () -> "run examples/" + name + "/setup first; tools/test does");
    return Checkout.copy(example, directory.resolve(name));
  }
}
