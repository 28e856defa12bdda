package dev.kubewsgi.system;

import static java.nio.file.FileVisitOption.FOLLOW_LINKS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the repository that the tests run from. */
public final class Checkout {

  /** The directory that holds {@code bin/kube-wsgi}. */
  public static final Path ROOT = root();

  private Checkout() {}

  /** Directories of {@code examples/} that state what they answer, sorted by name. */
  public static List<Path> examples() {
    try (Stream<Path> directories = Files.list(ROOT.resolve("examples"))) {
      return directories
          .filter(directory -> Files.exists(directory.resolve(Expectation.FILE)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a directory, so that a test may edit it and a database in it is the test's own. Links
   * are followed, but for a virtual environment, which works only where it was made: it is linked
   * to.
   *
   * @return {@code target}
   */
  static Path copy(Path source, Path target) {
    try (Stream<Path> files = Files.walk(source, FOLLOW_LINKS)) {
      files
          .filter(file -> !below(source, file, ".venv") || file.endsWith(".venv"))
          .filter(file -> !below(source, file, "__pycache__"))
          .forEach(file -> copyOne(file, target.resolve(source.relativize(file).toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  private static boolean below(Path directory, Path file, String name) {
    for (Path part : directory.relativize(file)) {
      if (part.toString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static void copyOne(Path file, Path target) {
    try {
      if (file.endsWith(".venv")) {
        Files.createSymbolicLink(target, file.toRealPath());
      } else if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.copy(file, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("bin/kube-wsgi"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("run the tests inside a checkout: no bin/kube-wsgi above");
      }
    }
    return directory;
  }
}
