package dev.kubewsgi.gateway.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** A supervisor as it runs in a pod: on TCP, with what is mounted into the pod as files. */
public final class TestPod implements AutoCloseable {

  private final Path files;
  private final Process process;
  private final int port;

  /**
   * Starts it and waits until it listens.
   *
   * @param files a directory of its own
   * @param document the group document that it has mounted
   */
  public TestPod(Path files, String secret, String document) throws Exception {
    this.files = files;
    Files.createDirectories(files.resolve("secret"));
    secret("current", secret);
    Files.writeString(files.resolve("group.json"), document);
    var address = files.resolve("address");
    this.process =
        new ProcessBuilder(
                TestGroup.PYTHON.toString(),
                TestGroup.WORKER.toString(),
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
    TestGroup.until("the supervisor listens", () -> Files.exists(address));
    this.port = Integer.parseInt(Files.readAllLines(address).getFirst().split(":")[1]);
  }

  public int port() {
    return port;
  }

  public SupervisorAddress address() {
    return new SupervisorAddress.Tcp("127.0.0.1", port);
  }

  /** What the kubelet does when the Secret has changed. */
  public void secret(String name, String value) throws IOException {
    var fresh = files.resolve("secret-" + name);
    Files.writeString(fresh, value);
    Files.move(
        fresh,
        files.resolve("secret").resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
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
