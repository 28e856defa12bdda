package dev.kubewsgi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {

  private static final String ALIAS =
      """
      apiVersion: kubewsgi.dev/v1alpha1
      kind: ScriptAlias
      metadata:
        name: hello
      spec:
        script: hello.wsgi
      """;

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int check(String... arguments) {
    return new CommandLine(new CheckCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void validManifestsAreSummedUpInOneLine() throws IOException {
    Files.writeString(directory.resolve("hello.wsgi"), "");
    Files.writeString(directory.resolve("a.yaml"), ALIAS);
    assertEquals(0, check(directory.toString()));
    assertEquals("ok, 1 gateway, 1 alias, 0 daemon groups\n", out.toString());
  }

  @Test
  void everyFindingIsALineWithItsPlace() throws IOException {
    Files.writeString(directory.resolve("hello.wsgi"), "");
    Path manifest =
        Files.writeString(
            directory.resolve("a.yaml"), ALIAS + "  path: hello\n  procesGroup: site1\n");
    assertEquals(1, check(directory.toString()));
    assertEquals(
        manifest
            + ":7:3: KW109 spec.path: start the path with '/', such as /project1\n"
            + manifest
            + ":8:3: KW105 spec.procesGroup: there is no such field; did you mean processGroup?\n"
            + "2 errors, 1 gateway, 0 aliases, 0 daemon groups\n",
        out.toString());
  }

  @Test
  void directoryThatIsNotThereIsWrongUsage() {
    assertEquals(2, check(directory.resolve("gone").toString()));
    assertTrue(err.toString().contains("there is no such file or directory"));
  }

  @Test
  void helpTellsTheExitStatuses() {
    assertEquals(0, check("--help"));
    assertTrue(out.toString().contains("Exit status:"), out::toString);
  }
}
