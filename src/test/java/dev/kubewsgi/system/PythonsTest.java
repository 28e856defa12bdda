package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both modes work on every CPython of this machine that they support. */
@ExtendWith(OutputOnFailure.class)
class PythonsTest {

  private static final Pattern MINOR = Pattern.compile("python3\\.(\\d+)$");

  static Stream<Path> pythons() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Checkout.ROOT.resolve("tools/find-pythons").toString()).start();
    List<Path> found;
    try (var lines = process.inputReader()) {
      found = lines.lines().map(Path::of).toList();
    }
    assertEquals(0, process.waitFor());
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void daemonGroupsRunOn(Path python, @TempDir Path directory) {
    Scripts.in(
        directory,
        Scripts.group("site1", 1, 2) + Scripts.inGroup("site1", "/python", "python.py"),
        "python.py");
    assertAnswersWithItsVersion(python, directory);
  }

  /** Embedded mode is for CPython 3.11 to 3.14. */
  static Stream<Path> embeddablePythons() throws IOException, InterruptedException {
    return pythons().filter(python -> minor(python) >= 11 && minor(python) <= 14);
  }

  @ParameterizedTest
  @MethodSource("embeddablePythons")
  void embeddedModeRunsOn(Path python, @TempDir Path directory) {
    Scripts.in(directory, Scripts.embedded("/python", "python.py"), "python.py");
    assertAnswersWithItsVersion(python, directory);
  }

  private static void assertAnswersWithItsVersion(Path python, Path directory) {
    Map<String, String> environment = Map.of("KUBE_WSGI_PYTHON", python.toString());
    try (ServedDirectory served = ServedDirectory.of(directory, environment)) {
      assertEquals("3." + minor(python), served.get("/python").body());
    }
  }

  private static int minor(Path python) {
    Matcher version = MINOR.matcher(python.toString());
    if (!version.find()) {
      throw new AssertionError("no release in the name " + python);
    }
    return Integer.parseInt(version.group(1));
  }
}
