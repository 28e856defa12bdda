package dev.kubewsgi.gateway.daemon;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * What all daemon groups of a gateway share.
 *
 * @param loops the event loops that exchanges live on; slots are spread over them
 * @param directory for sockets and configurations, private to the gateway
 * @param worker the worker's program, a directory that Python runs
 * @param python runs supervisors, unless a virtual environment of the group names another
 */
public record DaemonRuntime(List<EventLoop> loops, Path directory, Path worker, Path python) {

  public DaemonRuntime {
    loops = List.copyOf(loops);
  }

  /**
   * Makes a directory for sockets and configurations that only this user can enter.
   *
   * @param parent of the new directory: {@code $XDG_RUNTIME_DIR} or {@code /tmp}, so that the path
   *     is short enough for a socket
   */
  public static Path privateDirectory(Path parent) throws IOException {
    return Files.createTempDirectory(
        parent.toAbsolutePath(),
        "kube-wsgi-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
