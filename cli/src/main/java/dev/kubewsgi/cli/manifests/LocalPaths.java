package dev.kubewsgi.cli.manifests;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Makes the file names of an object absolute: on one machine they are relative to the manifest that
 * they are written in.
 */
final class LocalPaths {

  private LocalPaths() {}

  /** Changes the content of a valid document. */
  static void resolve(Document document) {
    Map<String, Object> spec = Json.map(document.get("spec"));
    Path directory = document.file().toAbsolutePath().normalize().getParent();
    resolve(spec, "workingDir", directory);
    if (spec.get("preload") != null) {
      Json.list(spec.get("preload"))
          .forEach(entry -> resolve(Json.map(entry), "script", directory));
    }
    if (spec.get("source") != null) {
      return; // All others are paths in the source.
    }
    resolve(spec, "script", directory);
    if (spec.get("python") != null) {
      Map<String, Object> python = Json.map(spec.get("python"));
      resolve(python, "home", directory);
      python.computeIfPresent("path", (key, path) -> resolveAll(Json.list(path), directory));
    }
  }

  private static void resolve(Map<String, Object> fields, String field, Path directory) {
    if (fields.containsKey(field)) {
      fields.put(field, resolve(fields.get(field), directory));
    }
  }

  private static List<Object> resolveAll(List<Object> paths, Path directory) {
    return paths.stream().map(path -> resolve(path, directory)).toList();
  }

  private static Object resolve(Object path, Path directory) {
    return directory.resolve((String) path).normalize().toString();
  }
}
