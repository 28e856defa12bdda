package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Kubernetes API server without nodes and controllers: {@code src/test/cluster/control-plane}.
 */
final class TestControlPlane implements AutoCloseable {

  /** What the script ends with where a program that it needs is missing. */
  private static final int CANNOT = 3;

  private final Path directory;

  private TestControlPlane(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts one.
   *
   * @param directory for it alone
   * @throws org.opentest4j.TestAbortedException where this machine can have none
   */
  static TestControlPlane start(Path directory) throws IOException, InterruptedException {
    var script = Checkout.ROOT.resolve("src/test/cluster/control-plane").toString();
    var started = run("", script, "start", "--controllers", "none", directory.toString());
    assumeFalse(started.exitCode() == CANNOT && System.getenv("CI") == null, started.output());
    assertEquals(0, started.exitCode(), started.output());
    return new TestControlPlane(directory);
  }

  private record Ended(int exitCode, String output) {}

  Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  /** What {@code kubectl} prints. */
  String kubectl(String input, String... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of("sh", "-c", ". \"$0\" && exec kubectl \"$@\"", directory.resolve("env") + ""));
    command.addAll(List.of(arguments));
    var ended = run(input, command.toArray(String[]::new));
    assertEquals(0, ended.exitCode(), ended.output());
    return ended.output();
  }

  private static Ended run(String input, String... command)
      throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    var script = Checkout.ROOT.resolve("src/test/cluster/control-plane").toString();
    run("", script, "stop", directory.toString());
  }
}
