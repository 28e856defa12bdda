package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.routes.ApplicationGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Which Python runs a group's supervisor: the one that the first virtual environment of its
 * applications was made with, as packages fit one minor version only. A worker whose virtual
 * environment is of another one says so itself.
 */
final class PythonChoice {

  private PythonChoice() {}

  static Path of(List<ApplicationGroup> groups, Path otherwise) {
    return groups.stream()
        .flatMap(group -> group.python().home().stream())
        .flatMap(home -> base(Path.of(home)).stream())
        .findFirst()
        .orElse(otherwise);
  }

  /** The interpreter behind a virtual environment: {@code home} in pyvenv.cfg (PEP 405). */
  private static Optional<Path> base(Path environment) {
    Properties settings = new Properties();
    try (var reader = Files.newBufferedReader(environment.resolve("pyvenv.cfg"))) {
      settings.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      // No virtual environment: the worker says so where it can be seen, as the reason of a
      // failure.
      return Optional.empty();
    }
    Path home = Path.of(settings.getProperty("home", "/nonexistent"));
    String version = settings.getProperty("version", settings.getProperty("version_info", ""));
    return Stream.of("python" + minor(version), "python3")
        .map(home::resolve)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** {@code 3.11} of {@code 3.11.2}. */
  private static String minor(String version) {
    String[] parts = version.split("\\.");
    return parts.length < 2 ? "3" : parts[0] + "." + parts[1];
  }
}
