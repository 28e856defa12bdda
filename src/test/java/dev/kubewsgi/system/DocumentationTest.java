package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link between our pages leads somewhere. */
class DocumentationTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final List<String> FOLDERS = List.of("docs", "examples", "bench");

  @Test
  void everyLinkToAFileOrHeadingLeadsThere() throws IOException {
    List<Path> pages = pages();
    assertTrue(pages.size() > 10, () -> "too few pages: " + pages);
    List<String> broken = pages.stream().flatMap(DocumentationTest::brokenLinks).toList();
    assertEquals(List.of(), broken);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(Checkout.ROOT)) {
      return Stream.concat(top, FOLDERS.stream().flatMap(DocumentationTest::filesBelow))
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains(".venv"))
          .sorted()
          .toList();
    }
  }

  private static Stream<Path> filesBelow(String folder) {
    try (Stream<Path> files = Files.walk(Checkout.ROOT.resolve(folder))) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> brokenLinks(Path page) {
    return LINK.matcher(read(page))
        .results()
        .map((MatchResult link) -> link.group(1))
        .filter(link -> !link.contains(":")) // of the web
        .filter(link -> !leadsSomewhere(page, link))
        .map(link -> Checkout.ROOT.relativize(page) + " → " + link);
  }

  private static boolean leadsSomewhere(Path page, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file);
    return Files.exists(target) && (hash < 0 || hasHeading(target, link.substring(hash + 1)));
  }

  private static boolean hasHeading(Path page, String anchor) {
    return HEADING
        .matcher(read(page))
        .results()
        .anyMatch(heading -> anchorOf(heading.group(1)).equals(anchor));
  }

  /** As GitHub makes it. */
  private static String anchorOf(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .replace(' ', '-');
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
