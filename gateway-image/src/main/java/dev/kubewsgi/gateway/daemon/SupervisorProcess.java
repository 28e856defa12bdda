package dev.kubewsgi.gateway.daemon;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A supervisor as a child process. It ends when its standard input does, and so also when the
 * gateway is killed; its workers end with it.
 */
final class SupervisorProcess {

  private static final int SIGNAL_BASE = 128;
  private static final List<String> LAUNCHERS =
      List.of("KUBE_WSGI_JAVA_OPTS", "KUBE_WSGI_SKIP_BUILD");

  private final Process process;
  private final Path config;

  private SupervisorProcess(Process process, Path config) {
    this.process = process;
    this.config = config;
  }

  /**
   * Starts one. Blocks for the time of a fork.
   *
   * @param config where the configuration is put for it, readable by this user only
   * @throws IOException when the file cannot be written or the Python not be run
   */
  static SupervisorProcess start(Path python, Path worker, Path config, String json)
      throws IOException {
    write(config, json);
    var builder =
        new ProcessBuilder(
                python.toString(),
                worker.toString(),
                "supervise",
                "--config",
                config.toString(),
                "--exit-with-stdin")
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT);
    dropLaunchersVariables(builder.environment());
    return new SupervisorProcess(builder.start(), config);
  }

  /** What bin/kube-wsgi sets for the JVM: in a worker, libjsig would stand before its handlers. */
  private static void dropLaunchersVariables(Map<String, String> environment) {
    LAUNCHERS.forEach(environment::remove);
    environment.computeIfPresent(
        "LD_PRELOAD",
        (name, libraries) -> {
          var others =
              Stream.of(libraries.split("[: ]+"))
                  .filter(library -> !library.isEmpty() && !library.endsWith("/libjsig.so"))
                  .collect(Collectors.joining(":"));
          return others.isEmpty() ? null : others;
        });
  }

  private static void write(Path config, String json) throws IOException {
    Files.deleteIfExists(config);
    var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel = Files.newByteChannel(config, options, mode)) {
      channel.write(StandardCharsets.UTF_8.encode(json));
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended: for messages. */
  CompletableFuture<String> ended() {
    return process.onExit().thenApply(over -> manner(over.exitValue()));
  }

  private static String manner(int value) {
    return value > SIGNAL_BASE
        ? "was killed by signal " + (value - SIGNAL_BASE)
        : "ended with exit code " + value;
  }

  /** The secret in it need not lie about. */
  void removeConfig() {
    try {
      Files.deleteIfExists(config);
    } catch (IOException e) {
      // The directory goes with the gateway.
      config.toFile().deleteOnExit();
    }
  }

  /** Asks it to drain and end. */
  void drain() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended, or hears this instead.
      process.destroy();
    }
  }

  /** Ends it and whatever it started at once. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
