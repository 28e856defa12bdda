package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.daemon.DaemonRuntime;
import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import dev.kubewsgi.gateway.python.WorkerProgram;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** A directory of this process alone: the worker's program, sockets, configurations, sources. */
final class Workspace {

  private static final Logger LOG = Logger.getLogger(Workspace.class);

  private Path directory;
  private Path program;

  /** The worker's program, a directory that Python runs. */
  synchronized Path program() {
    if (program == null) {
      var unpacked = directory().resolve("worker");
      WorkerProgram.unpack(unpacked);
      program = unpacked;
    }
    return program;
  }

  /** For the files that travel with application groups. */
  synchronized Path sources() {
    try {
      return Files.createDirectories(directory().resolve("sources"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  DaemonRuntime daemonRuntime(List<EventLoop> loops, PythonFinder pythons) {
    var python =
        pythons
            .forWorkers()
            .orElseThrow(
                () ->
                    new PythonUnavailableException(
                        "KW207",
                        "no CPython 3.9 or newer was found to run daemon groups on. Install"
                            + " python3, or set KUBE_WSGI_PYTHON to a python3 executable"));
    return new DaemonRuntime(loops, directory(), program(), python.executable());
  }

  synchronized void delete() {
    if (directory == null) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warnf("%s could not be deleted: %s", directory, e.getMessage());
    }
  }

  private synchronized Path directory() {
    if (directory == null) {
      try {
        directory = DaemonRuntime.privateDirectory(parent());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return directory;
  }

  private static Path parent() {
    return Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR"))
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .filter(Files::isWritable)
        .orElse(Path.of(System.getProperty("java.io.tmpdir")));
  }
}
