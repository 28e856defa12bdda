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
import java.util.stream.Collector;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/errors.md explains every code that a source can report, and none that is no more. */
class ErrorCodesTest {

  private static final List<String> SOURCES =
      List.of(
          "bin",
          "tools",
          "crds/src/main",
          "gateway-image/src/main",
          "cli/src/main",
          "operator/src/main",
          "src/test/cluster");
  private static final Set<String> PLACES = Set.of(".java", ".py", ".yaml");

  private static final Pattern REPORTED = Pattern.compile("\\bKW([1-5]\\d\\d)\\b");
  private static final Pattern HEADING =
      Pattern.compile("(?m)^### KW([1-5]\\d\\d)(?: to KW([1-5]\\d\\d))?: \\S");

  @Test
  void everyCodeIsExplainedAndEveryExplanationHasItsCode() throws IOException {
    String page = Files.readString(Checkout.ROOT.resolve("docs/errors.md"));
    SortedSet<Integer> explained =
        HEADING.matcher(page).results().flatMap(ErrorCodesTest::range).collect(toSortedSet());
    SortedSet<Integer> reported = new TreeSet<>();
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.walk(Checkout.ROOT.resolve(source))) {
        files.filter(ErrorCodesTest::isSource).forEach(file -> reported.addAll(codesIn(file)));
      }
    }
    assertTrue(reported.size() > 20, () -> "too few codes were found in the sources: " + reported);
    assertEquals(reported, explained);
  }

  @Test
  void everyExplanationGivesTheCauseAndWhatToDo() throws IOException {
    String page = Files.readString(Checkout.ROOT.resolve("docs/errors.md"));
    String[] sections = page.split("(?m)^##+ (?=KW)");
    List<String> incomplete =
        Stream.of(sections)
            .filter(section -> HEADING.matcher("### " + section).lookingAt())
            .filter(section -> !isComplete(section))
            .map(section -> section.lines().findFirst().orElse(""))
            .toList();
    assertEquals(List.of(), incomplete);
  }

  /** The heading may say the cause, and the outcome may stand once above all codes of a kind. */
  private static boolean isComplete(String section) {
    return section.contains("**Do**")
        && (section.contains("**Cause**") || section.contains("**Outcome**"));
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (!name.contains(".") || PLACES.stream().anyMatch(name::endsWith));
  }

  private static Set<Integer> codesIn(Path file) {
    try {
      return REPORTED
          .matcher(Files.readString(file))
          .results()
          .map(found -> Integer.valueOf(found.group(1)))
          .collect(toSortedSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Integer> range(MatchResult heading) {
    int first = Integer.parseInt(heading.group(1));
    int last = heading.group(2) == null ? first : Integer.parseInt(heading.group(2));
    return IntStream.rangeClosed(first, last).boxed();
  }

  private static Collector<Integer, ?, TreeSet<Integer>> toSortedSet() {
    return toCollection(TreeSet::new);
  }
}
