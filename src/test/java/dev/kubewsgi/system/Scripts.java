package dev.kubewsgi.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories to serve, made of the applications in {@code src/test/apps}. */
final class Scripts {

  static final String MANIFEST = "kube-wsgi.yaml";

  private Scripts() {}

  /** Copies applications into a directory and writes a manifest beside them. */
  static Path in(Path directory, String manifest, String... applications) {
    try {
      for (String application : applications) {
        Files.copy(
            Checkout.ROOT.resolve("src/test/apps").resolve(application),
            directory.resolve(application));
      }
      Files.writeString(directory.resolve(MANIFEST), manifest);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A WsgiGateway of one listener, with more fields of its spec, each on a line. */
  static String gateway(String fields) {
    return """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: WsgiGateway
        metadata: {name: main}
        spec:
          listeners: [{name: http, port: 8000}]
        """
        + fields.indent(2);
  }

  /** A ScriptAlias that runs embedded, ready to be one document of several. */
  static String embedded(String path, String script) {
    return alias(path, script, "");
  }

  /** A ScriptAlias that runs in a group. */
  static String inGroup(String group, String path, String script) {
    return alias(path, script, "  processGroup: " + group + "\n");
  }

  /** A DaemonGroup. */
  static String group(String name, int processes, int threads) {
    return """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {name: %s}
        spec:
          processes: %d
          threads: %d
        """
        .formatted(name, processes, threads);
  }

  private static String alias(String path, String script, String more) {
    String name = path.equals("/") ? "root" : path.substring(1).replace('/', '-');
    return """
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: %s}
        spec:
          path: %s
          script: %s
        """
            .formatted(name, path, script)
        + more;
  }
}
