package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What workers import before their applications, and groups that run nothing else. */
@ExtendWith(OutputOnFailure.class)
class PreloadTest {

  private static final String GROUP =
      Scripts.group("site1", 1, 2) + "  python: {path: [.]}\n  preload: [{module: warm}]\n";

  private static final String SERVICE =
      Scripts.group("jobs", 1, 0) + "  workingDir: .\n  preload: [{script: service.py}]\n";

  @TempDir Path directory;

  @Test
  void modulesAndScriptsAreImportedBeforeTheApplicationAndAnotherListReloadsIt() {
    String aliases =
        Scripts.inGroup("site1", "/grouped", "warmed.py")
            + Scripts.embedded("/embedded", "warmed.py");
    Scripts.in(directory, GROUP + aliases, "warm.py", "warmed.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals("warm", served.get("/grouped").body());
      assertEquals("nothing", served.get("/embedded").body());
      served.edit(Scripts.MANIFEST, "{module: warm}", "{module: warm}, {script: warm.py}");
      Eventually.isTrue(
          "the script is preloaded, too",
          () -> served.get("/grouped").body().equals("warm,_kubewsgi_0_warm"));
    }
  }

  @Test
  void anApplicationIsServedOnceWhatIsPreloadedCanBeImported() {
    Scripts.in(directory, GROUP + Scripts.inGroup("site1", "/", "warmed.py"), "warmed.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals(500, served.get("/").statusCode());
      served.command().awaitLine("the reason", line -> line.contains("KW304"));
      served.write("warm.py", "import sys\nsys.warmed = ['mended']\n");
      Eventually.isTrue("the next attempt", () -> served.get("/").body().equals("mended"));
    }
  }

  @Test
  void backgroundCodeRunsThoughNoAliasNamesItsGroupAndIsReplacedAndEnded() throws IOException {
    Scripts.in(directory, SERVICE + Scripts.embedded("/", "pid.py"), "service.py", "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertTrue(
          served.command().output().stream().anyMatch(line -> line.matches("- +service .*1 x 0.*")),
          "the table has no line for the group");
      long first = began(1);
      assertEquals(
          List.of(first), served.processesOf("jobs").stream().map(ProcessHandle::pid).toList());
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      long second = began(2);
      served.edit("service.py", "note(\"began\")", "note(\"began\")  # edited");
      long third = began(3);
      assertEquals(List.of("ended " + second, "began " + third), journal().subList(2, 4));
      served.command().terminate();
      assertEquals(0, served.command().awaitExit());
      assertEquals("ended " + third, journal().getLast());
    }
  }

  @Test
  void backgroundCodeComesAndGoesByItsManifestAlone() throws IOException {
    Scripts.in(directory, Scripts.embedded("/", "pid.py"), "service.py", "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      served.write("jobs.yaml", SERVICE + Scripts.inGroup("jobs", "/jobs", "pid.py"));
      served.command().awaitLine("the refusal", line -> line.contains("KW139 spec.processGroup"));
      served.write("jobs.yaml", SERVICE);
      long pid = began(1);
      served.write("jobs.yaml", "");
      Eventually.isTrue("the group is gone", () -> served.processesOf("jobs").isEmpty());
      assertEquals(List.of("began " + pid, "ended " + pid), journal());
    }
  }

  private List<String> journal() throws IOException {
    Path journal = directory.resolve("journal");
    return Files.exists(journal) ? Files.readAllLines(journal) : List.of();
  }

  /** The process that was the {@code number}th to begin. */
  private long began(int number) throws IOException {
    Eventually.isTrue("the work has begun", () -> beginnings().size() == number);
    return Long.parseLong(beginnings().getLast().split(" ")[1]);
  }

  private List<String> beginnings() {
    try {
      return journal().stream().filter(line -> line.startsWith("began")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
