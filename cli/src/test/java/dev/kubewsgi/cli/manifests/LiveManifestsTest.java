package dev.kubewsgi.cli.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveManifestsTest {

  @TempDir Path directory;
  private LiveManifests manifests;

  @BeforeEach
  void twoAliases() throws IOException {
    Files.createFile(directory.resolve("app.py"));
    write("one", alias("one", "/one", ""));
    write("two", alias("two", "/two", ""));
    manifests = new LiveManifests(directory, OptionalInt.empty());
    assertEquals(List.of("/one", "/two"), paths(manifests.compile()));
  }

  @Test
  void keepsWhatAFileSaidBeforeItBecameInvalid() throws IOException {
    write("one", alias("one", "no-slash", ""));

    var compiled = manifests.compile();

    assertEquals(List.of("/one", "/two"), paths(compiled));
    assertEquals(List.of("KW109", "KW131"), codes(compiled));
  }

  @Test
  void keepsItAlsoWhenTheFileIsNoYamlAnyMore() throws IOException {
    write("one", "{");

    assertEquals(List.of("/one", "/two"), paths(manifests.compile()));
  }

  @Test
  void keepsItWhenWhatItNamesIsNotThere() throws IOException {
    write("one", alias("one", "/one", "  processGroup: missing\n"));

    var compiled = manifests.compile();

    assertEquals(List.of("/one", "/two"), paths(compiled));
    assertEquals(List.of("KW123", "KW131"), codes(compiled));
  }

  @Test
  void takesValidEditsElsewhereWhileOneFileIsInvalid() throws IOException {
    write("one", "{");
    manifests.compile();
    write("two", alias("two", "/moved", ""));

    assertEquals(List.of("/moved", "/one"), paths(manifests.compile()));
  }

  @Test
  void takesTheFileAgainWhenItIsCorrected() throws IOException {
    write("one", "{");
    manifests.compile();
    write("one", alias("one", "/corrected", ""));

    var compiled = manifests.compile();

    assertEquals(List.of("/corrected", "/two"), paths(compiled));
    assertEquals(List.of(), codes(compiled));
  }

  @Test
  void keepsEverythingWhenTheDirectoryItselfIsNotThere() throws IOException {
    Path moved = directory.resolveSibling(directory.getFileName() + "-moved");
    Files.move(directory, moved);
    try {
      assertEquals(List.of("/one", "/two"), paths(manifests.compile()));
    } finally {
      Files.move(moved, directory);
    }
  }

  @Test
  void forgetsAFileThatIsDeleted() throws IOException {
    Files.delete(directory.resolve("one.yaml"));

    assertEquals(List.of("/two"), paths(manifests.compile()));
  }

  @Test
  void servesNothingOfAFileThatNeverWasValid() throws IOException {
    write("three", "{");

    var compiled = manifests.compile();

    assertEquals(List.of("/one", "/two"), paths(compiled));
    assertTrue(compiled.hasErrors());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name + ".yaml"), text);
  }

  private static String alias(String name, String path, String more) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: ScriptAlias
    metadata: {name: %s}
    spec:
      path: %s
      script: app.py
    %s"""
        .formatted(name, path, more);
  }

  private static List<String> paths(Compilation compiled) {
    return compiled.tables().getFirst().routes().stream()
        .map(route -> route.path())
        .sorted()
        .toList();
  }

  private static List<String> codes(Compilation compiled) {
    return compiled.findings().stream().map(Finding::code).sorted().toList();
  }
}
