package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.daemon.SupervisorAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A supervisor as it runs in a pod: on TCP, with what is mounted into the pod as files. */
final class TestPod implements AutoCloseable {

  private static final String PYTHON =
      System.getProperty("kubewsgi.test.python", "/usr/bin/python3");

  private final Path files;
  private final Process process;
  private final int port;

  /**
   * Starts it and waits until it listens.
   *
   * @param files a directory of its own
   * @param document the group document that it has mounted
   */
  TestPod(Path files, String secret, String document) throws Exception {
    this.files = files;
    Files.createDirectories(files.resolve("secret"));
    secret("current", secret);
    Files.writeString(files.resolve("group.json"), document);
    var address = files.resolve("address");
    this.process =
        new ProcessBuilder(
                PYTHON,
                Path.of("src/main/python").toAbsolutePath().toString(),
                "supervise",
                "--config",
                files.resolve("group.json").toString(),
                "--secrets",
                files.resolve("secret").toString(),
                "--listen",
                "127.0.0.1:0",
                "--sources",
                files.resolve("sources").toString(),
                "--address-file",
                address.toString(),
                "--exit-with-stdin")
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    TestGateway.until("the supervisor listens", () -> Files.exists(address));
    this.port = Integer.parseInt(Files.readAllLines(address).getFirst().split(":")[1]);
  }

  int port() {
    return port;
  }

  SupervisorAddress address() {
    return new SupervisorAddress.Tcp("127.0.0.1", port);
  }

  /** What the kubelet does when the Secret has changed. */
  void secret(String name, String value) throws IOException {
    var fresh = files.resolve("secret-" + name);
    Files.writeString(fresh, value);
    Files.move(
        fresh,
        files.resolve("secret").resolve(name),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** As when the pod is deleted; returns when it has ended. */
  @Override
  public void close() throws Exception {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
