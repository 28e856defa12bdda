package dev.kubewsgi.routes;

import java.util.List;
import java.util.Optional;

/**
 * The Python environment of an application group.
 *
 * @param home absolute path of a virtual environment (python-home)
 * @param path directories put first on the module search path, in order, as site directories
 *     (python-path)
 */
public record PythonSettings(Optional<String> home, List<String> path) {

  public PythonSettings {
    path = List.copyOf(path);
  }
}
