package dev.kubewsgi.system;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/errors.md explains every code that a source can report, and none that is no more. */
class ErrorCodesTest {

  private static final List<String> SOURCES =
      List.of("bin", "tools", "crds/src/main", "gateway-image/src/main", "cli/src/main");
  private static final Set<String> PLACES = Set.of(".java", ".py", ".yaml");

  // Quoted in Java, Python and YAML; in shell scripts at the start of what is echoed.
  private static final Pattern REPORTED = Pattern.compile("\"(KW[1-5]\\d\\d)\\b");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (KW[1-5]\\d\\d): \\S");
  private static final List<String> PARTS = List.of("**Cause**", "**Outcome**", "**Do**");

  @Test
  void everyCodeIsExplainedAndEveryExplanationHasItsCode() throws IOException {
    String page = Files.readString(Checkout.ROOT.resolve("docs/errors.md"));
    SortedSet<String> explained = codes(HEADING, page);
    SortedSet<String> reported = new TreeSet<>();
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.walk(Checkout.ROOT.resolve(source))) {
        files.filter(ErrorCodesTest::isSource).forEach(file -> reported.addAll(codesIn(file)));
      }
    }
    assertTrue(reported.size() > 20, () -> "too few codes were found in the sources: " + reported);
    assertEquals(reported, explained);
  }

  @Test
  void everyExplanationGivesCauseOutcomeAndWhatToDo() throws IOException {
    String page = Files.readString(Checkout.ROOT.resolve("docs/errors.md"));
    String[] sections = page.split("(?m)^##+ (?=KW[1-5]\\d\\d: )");
    List<String> incomplete =
        Stream.of(sections)
            .skip(1)
            .filter(section -> !PARTS.stream().allMatch(section::contains))
            .map(section -> section.lines().findFirst().orElse(""))
            .toList();
    assertEquals(List.of(), incomplete);
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (!name.contains(".") || PLACES.stream().anyMatch(name::endsWith));
  }

  private static SortedSet<String> codesIn(Path file) {
    try {
      return codes(REPORTED, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SortedSet<String> codes(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(toCollection(TreeSet::new));
  }
}
