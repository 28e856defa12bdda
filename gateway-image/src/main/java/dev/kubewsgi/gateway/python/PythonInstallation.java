package dev.kubewsgi.gateway.python;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A CPython that was found on this machine.
 *
 * @param executable what starts it; applications see it as {@code sys.executable}
 * @param major of its version
 * @param minor of its version
 * @param library its shared library; empty where it was built without one
 */
public record PythonInstallation(Path executable, int major, int minor, Optional<Path> library) {

  /** {@code 3.12} */
  public String version() {
    return major + "." + minor;
  }

  /** Whether applications can run inside the gateway with it. */
  public boolean canEmbed() {
    return library.isPresent() && major == 3 && minor >= 11 && minor <= 14;
  }

  /** Whether a daemon group's workers can run on it. */
  public boolean canRunWorkers() {
    return major == 3 && minor >= 9;
  }
}
