package dev.kubewsgi.gateway.embedded;

import dev.kubewsgi.gateway.embedded.cpython.LoadException;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.ApplicationGroup.Script;
import dev.kubewsgi.routes.PythonSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The files that travel with an application group, in a directory that one interpreter has to
 * itself: whoever replaces it gets another, so that neither sees half of the other's files.
 */
final class SourceFiles {

  private static final Logger LOG = Logger.getLogger(SourceFiles.class);

  private static final Path NOTHING = Path.of("/");

  private final Path root;

  private SourceFiles(Path root) {
    this.root = root;
  }

  /** Of a group whose files are where it runs. */
  static SourceFiles none() {
    return new SourceFiles(NOTHING);
  }

  /**
   * Writes the files of a group.
   *
   * @param parent of the directory; asked only where there are files
   * @throws LoadException they cannot be written
   */
  static SourceFiles write(ApplicationGroup group, Supplier<Path> parent) throws LoadException {
    if (group.files().isEmpty()) {
      return none();
    }
    try {
      var files = new SourceFiles(Files.createTempDirectory(parent.get(), group.revision() + "-"));
      files.write(group);
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw new LoadException(
          "KW315",
          "its files cannot be written (%s); make room or give permission there, or rename the file"
              .formatted(e),
          "");
    }
  }

  private void write(ApplicationGroup group) throws IOException {
    for (var file : group.files().entrySet()) {
      var path = root.resolve(file.getKey()).normalize();
      if (!path.startsWith(root) || path.equals(root)) {
        throw new IOException(file.getKey() + " is not below its directory");
      }
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** The group with absolute paths. */
  ApplicationGroup locate(ApplicationGroup group) {
    return new ApplicationGroup(
        group.id(),
        group.processGroup(),
        group.name(),
        group.revision(),
        group.scripts().stream().map(this::locate).toList(),
        new PythonSettings(
            group.python().home().map(this::locate),
            group.python().path().stream().map(this::locate).toList()),
        group.env(),
        group.files(),
        group.preload());
  }

  Script locate(Script script) {
    return new Script(locate(script.script()), script.callable());
  }

  private String locate(String path) {
    return root.resolve(path).toString();
  }

  /** Removes what was written. */
  void delete() {
    if (root.equals(NOTHING)) {
      return;
    }
    try (var files = Files.walk(root)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warnf("%s could not be deleted: %s", root, e.getMessage());
    }
  }
}
