package dev.kubewsgi.gateway.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipInputStream;

/**
 * The worker's zipapp, which the gateway carries as a resource, as a directory for Python to run.
 *
 * <p>Unpacked, because Python keeps no bytecode beside what it imports from a zip: each supervisor
 * and each interpreter would compile all of it again.
 */
public final class WorkerProgram {

  private static final String RESOURCE = "/kubewsgi-worker.pyz";

  private WorkerProgram() {}

  /**
   * Unpacks it.
   *
   * @param directory to be made; {@code python3} runs it, and imports {@code kubewsgi} from it
   */
  public static void unpack(Path directory) {
    try (var archive = new ZipInputStream(WorkerProgram.class.getResourceAsStream(RESOURCE))) {
      Files.createDirectories(directory);
      for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
        var file = directory.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(archive, file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
