package dev.kubewsgi.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checked-in CustomResourceDefinitions are what the generator makes of the classes. */
class GeneratedCrdsTest {

  private static final Path CHECKED_IN = Path.of("src/main/resources/dev/kubewsgi/crds");
  private static final Path SCHEMAS = CHECKED_IN.resolveSibling("schemas");

  /** Of a file: kubectl apply keeps a copy of it in an annotation, which may hold 256 KiB. */
  private static final long LARGEST = 200_000;

  static Stream<Class<?>> kinds() {
    return CrdFiles.KINDS.keySet().stream().map(kind -> kind);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void checkedInDefinitionIsTheGeneratedOne(Class<?> kind, @TempDir Path directory)
      throws IOException {
    Path generated = CrdFiles.generate(kind, directory);
    Path checkedIn = CHECKED_IN.resolve(generated.getFileName());
    assertCheckedIn(Files.readString(generated), checkedIn);
    assertTrue(Files.size(checkedIn) < LARGEST, "too large for kubectl apply");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void checkedInSchemaIsThatOfTheDefinition(Class<?> kind, @TempDir Path directory)
      throws IOException {
    Path generated = CrdFiles.generate(kind, directory);
    assertCheckedIn(SchemaFile.of(generated), SCHEMAS.resolve(kind.getSimpleName() + ".json"));
  }

  private static void assertCheckedIn(String generated, Path checkedIn) throws IOException {
    if (Boolean.getBoolean("crds.refresh")) {
      Files.createDirectories(checkedIn.getParent());
      Files.writeString(checkedIn, generated);
    }
    assertEquals(
        generated,
        Files.readString(checkedIn),
        () ->
            checkedIn.getFileName()
                + " is not what the classes say. Refresh it: mvn -pl crds test -Dcrds.refresh=true");
  }
}
