package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The packages of PyPI that tests serve: {@code src/test/python-packages}, in an environment. */
final class PythonPackages {

  private static final Path BUILD = Checkout.ROOT.resolve("src/test/python-packages/build");
  private static final Path HOME = Checkout.ROOT.resolve("target/python-packages");
  private static final int CANNOT_BE_HAD = 3;

  private PythonPackages() {}

  /** The virtual environment, or a skipped test where the packages cannot be had. */
  static synchronized Path home() {
    try {
      Process build = new ProcessBuilder(BUILD.toString()).redirectErrorStream(true).start();
      String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = build.waitFor();
      assumeTrue(code != CANNOT_BE_HAD, () -> lastLine(said));
      assertTrue(code == 0, said);
      return HOME;
    } catch (IOException e) {
      throw new AssertionError(BUILD + " cannot be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the test was interrupted", e);
    }
  }

  /** The lines of an alias that make the packages importable. */
  static String ofAlias() {
    return "  python: {home: " + home() + "}\n";
  }

  private static String lastLine(String text) {
    return text.lines().reduce((_, last) -> last).orElse("no reason given");
  }
}
