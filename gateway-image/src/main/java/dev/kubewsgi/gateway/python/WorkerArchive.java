package dev.kubewsgi.gateway.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The worker's zipapp, which the gateway carries as a resource and Python needs as a file. */
public final class WorkerArchive {

  private static final String RESOURCE = "/kubewsgi-worker.pyz";

  private WorkerArchive() {}

  /**
   * Writes it into a directory.
   *
   * @return the file
   */
  public static Path extractTo(Path directory) {
    var file = directory.resolve("kubewsgi-worker.pyz");
    try (var archive = WorkerArchive.class.getResourceAsStream(RESOURCE)) {
      Files.copy(archive, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
