package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Objects that were stored under any released definition stay valid. A release adds its definitions
 * as a folder of {@code released}; until then the folder of the coming release may be replaced.
 */
class ReleasedDefinitionsTest {

  private static final Path CURRENT = Path.of("src/main/resources/dev/kubewsgi/crds");
  private static final Path RELEASED = Path.of("src/test/resources/released");

  /** Rules that are newer than a release, each with why stored objects keep them: two lines. */
  private static final Path ACKNOWLEDGED = RELEASED.resolve("acknowledged-rules.txt");

  private static List<Path> releases() throws IOException {
    try (Stream<Path> files = Files.list(RELEASED)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> definitions(Path release) throws IOException {
    try (Stream<Path> files = Files.list(release)) {
      return files.sorted().toList();
    }
  }

  private static CustomResourceDefinition read(Path file) throws IOException {
    return new KubernetesSerialization()
        .unmarshal(Files.readString(file), CustomResourceDefinition.class);
  }

  private static CompatibilityCheck.Result compare(Path released) throws IOException {
    return CompatibilityCheck.compare(
        read(released), read(CURRENT.resolve(released.getFileName())));
  }

  @Test
  void nothingThatWasStoredBreaks() throws IOException {
    List<String> breaks = new ArrayList<>();
    for (Path release : releases()) {
      assertFalse(definitions(release).isEmpty(), release::toString);
      for (Path released : definitions(release)) {
        compare(released)
            .breaks()
            .forEach(each -> breaks.add(RELEASED.relativize(released) + " " + each));
      }
    }
    assertEquals(
        List.of(),
        breaks,
        "objects that were stored under a release break; keep what was valid, or serve another"
            + " version beside it");
  }

  @Test
  void everyNewRuleIsAcknowledged() throws IOException {
    List<String> rules = new ArrayList<>();
    for (Path release : releases()) {
      for (Path released : definitions(release)) {
        compare(released)
            .newRules()
            .forEach(each -> rules.add(RELEASED.relativize(released) + " " + each));
      }
    }
    assertEquals(
        rules,
        acknowledged(),
        () ->
            "a stored object that breaks a new rule cannot be written any more. Where none can, say"
                + " why in a line that begins with '#' in "
                + ACKNOWLEDGED
                + ", and write the rule below it");
  }

  private static List<String> acknowledged() throws IOException {
    return Files.readAllLines(ACKNOWLEDGED).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  @Test
  void aReleaseHasEveryKind() throws IOException {
    List<Path> names = definitions(CURRENT).stream().map(Path::getFileName).toList();
    assertFalse(releases().isEmpty());
    for (Path release : releases()) {
      assertEquals(names, definitions(release).stream().map(Path::getFileName).toList());
    }
  }
}
