package dev.kubewsgi.testing.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a program that has ended came to.
 *
 * @param stdout all that it wrote there, without the white space at its end
 * @param stderr likewise
 */
public record CommandResult(List<String> command, int exitCode, String stdout, String stderr) {

  private static final int PATIENCE_MINUTES = 20; // a first build takes ten

  /**
   * This result if the exit code is 0.
   *
   * @throws AssertionError with all that the program wrote, if it is another
   */
  public CommandResult orFail() {
    if (exitCode != 0) {
      throw new AssertionError(this);
    }
    return this;
  }

  @Override
  public String toString() {
    return "%s exited with %d%n%s%n%s"
        .formatted(String.join(" ", command), exitCode, stdout, stderr);
  }

  /**
   * Runs a program to its end, with nothing to read.
   *
   * @param environment variables beyond this process' own
   */
  public static CommandResult of(List<String> command, Map<String, String> environment) {
    try {
      Path stdout = Files.createTempFile("stdout", "");
      Path stderr = Files.createTempFile("stderr", "");
      try {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        int exitCode = ended(builder.start(), command);
        return new CommandResult(
            command, exitCode, Files.readString(stdout).strip(), Files.readString(stderr).strip());
      } finally {
        Files.delete(stdout);
        Files.delete(stderr);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int ended(Process process, List<String> command) {
    try {
      if (process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        return process.exitValue();
      }
      throw new AssertionError(String.join(" ", command) + " does not end");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
