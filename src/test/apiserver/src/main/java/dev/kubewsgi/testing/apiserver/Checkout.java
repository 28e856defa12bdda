package dev.kubewsgi.testing.apiserver;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this project's files are: a test starts in its own module's directory. */
public final class Checkout {

  private static final Path ROOT = root(Path.of("").toAbsolutePath());

  private Checkout() {}

  /** The path of a file of the repository. */
  public static Path file(String name) {
    return ROOT.resolve(name);
  }

  private static Path root(Path at) {
    return Files.exists(at.resolve("src/test/cluster/control-plane")) ? at : root(at.getParent());
  }
}
