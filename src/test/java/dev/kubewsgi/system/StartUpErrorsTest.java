package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What cannot start says why with a code, and takes nothing else down with it. */
@ExtendWith(OutputOnFailure.class)
class StartUpErrorsTest {

  private static final Pattern CODE = Pattern.compile("\\bKW2\\d\\d\\b");

  @TempDir Path directory;

  @Test
  void aPortInUseIsNamed() throws IOException {
    Scripts.in(directory, Scripts.embedded("/", "pid.py"), "pid.py");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CommandLine command =
            CommandLine.start(
                ServedDirectory.arguments(directory, taken.getLocalPort(), FreePort.find()))) {
      assertNotEquals(0, command.awaitExit());
      assertTrue(CODE.matcher(command.outputText()).find(), command.outputText());
      assertTrue(command.outputText().contains("" + taken.getLocalPort()), "the port is not named");
    }
  }

  @Test
  void aMissingDirectoryIsNamed() {
    try (CommandLine command =
        CommandLine.start(List.of("serve", directory.resolve("nowhere").toString()))) {
      assertNotEquals(0, command.awaitExit());
      assertTrue(command.outputText().contains("nowhere"), command.outputText());
    }
  }

  @Test
  void withoutALibpythonDaemonGroupsAreServedAndEmbeddedAliasesSayWhatToInstall()
      throws IOException {
    Scripts.in(
        directory,
        Scripts.embedded("/embedded", "pid.py")
            + Scripts.group("site1", 1, 1)
            + Scripts.inGroup("site1", "/daemon", "pid.py"),
        "pid.py");
    Map<String, String> environment = Map.of("KUBE_WSGI_PYTHON", pythonWithoutLibrary());
    try (ServedDirectory served = ServedDirectory.of(directory, environment)) {
      assertEquals(200, served.get("/daemon").statusCode());
      assertEquals(500, served.get("/embedded").statusCode());
      served.command().awaitLine("what to install", line -> line.contains("libpython"));
    }
  }

  @Test
  void aVirtualEnvironmentThatIsNoneIsRefusedAndOthersGoOn() {
    Scripts.in(
        directory,
        Scripts.embedded("/good", "pid.py")
            + Scripts.group("site1", 1, 1)
            + Scripts.inGroup("site1", "/daemon", "pid.py")
            + "  python: {home: not-a-venv}\n"
            + Scripts.embedded("/embedded", "pid.py")
            + "  python: {home: not-a-venv}\n",
        "pid.py");
    try (ServedDirectory served = ServedDirectory.of(directory)) {
      assertEquals(200, served.get("/good").statusCode());
      assertEquals(500, served.get("/daemon").statusCode());
      assertEquals(500, served.get("/embedded").statusCode());
      served.command().awaitLine("the cause", line -> line.contains("not-a-venv"));
    }
  }

  @Test
  void aMachineWithoutARecentJdkIsToldWhatToInstall() throws IOException, InterruptedException {
    String finder = Files.readString(Checkout.ROOT.resolve("tools/find-jdk"));
    assertTrue(finder.contains("\nneeded=25\n"), "the test asks for a release that nobody has");
    Path script = directory.resolve("find-jdk");
    Files.writeString(script, finder.replace("\nneeded=25\n", "\nneeded=999\n"));
    Process process = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(1, process.waitFor());
    assertTrue(output.contains("KW201") && output.contains("JAVA_HOME"), output);
  }

  /** An executable like a Python that was built without its shared library. */
  private String pythonWithoutLibrary() throws IOException {
    Path python = directory.resolve("python-without-library");
    Files.writeString(
        python,
        """
        #!/bin/sh
        case "$*" in
          *INSTSONAME*) python3 "$@" | head -n 3 ;;
          *) exec python3 "$@" ;;
        esac
        """);
    assertTrue(python.toFile().setExecutable(true));
    return python.toString();
  }
}
