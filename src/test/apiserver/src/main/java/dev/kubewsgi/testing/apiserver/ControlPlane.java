package dev.kubewsgi.testing.apiserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code control-plane run}, or {@code cluster run} for one with nodes, held by its standard input:
 * it ends when this JVM does, however that ends.
 */
public final class ControlPlane implements AutoCloseable {

  private static final String UP = "export KUBECONFIG=";
  private static final int MISSING = 3;

  private final Path directory;
  private final Process process;

  private ControlPlane(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /**
   * Starts one without nodes in {@code target} of the module that is tested.
   *
   * @throws UnavailableException if this machine lacks what that needs
   * @throws IllegalStateException if it does not start, with the reason that it gave
   */
  static ControlPlane start() {
    Path directory = Path.of("target", "api-server-" + ProcessHandle.current().pid());
    // The definitions before the controllers: garbage collection knows them from its start then.
    String definitions = Checkout.file("crds/src/main/resources/dev/kubewsgi/crds").toString();
    return run("control-plane", directory, "--apply", definitions);
  }

  /**
   * Starts one with two nodes.
   *
   * @param directory for its files
   * @throws UnavailableException if this machine lacks what that needs
   * @throws IllegalStateException if it does not start, with the reason that it gave
   */
  public static ControlPlane startWithNodes(Path directory) {
    return run("cluster", directory);
  }

  private static ControlPlane run(String program, Path directory, String... options) {
    var command = new ArrayList<String>();
    command.add(Checkout.file("src/test/cluster/" + program).toString());
    command.addAll(List.of("run", directory.toAbsolutePath().toString(), "--exit-with-stdin"));
    command.addAll(List.of(options));
    try {
      var plane = new ControlPlane(directory.toAbsolutePath(), new ProcessBuilder(command).start());
      plane.awaitUp();
      return plane;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A kubeconfig of a user who may do everything. */
  public Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  private void awaitUp() throws IOException {
    var said = new StringBuffer();
    Thread listener = Thread.startVirtualThread(() -> repeat(process.errorReader(), said));
    if (isUp(process.inputReader())) {
      return;
    }
    try {
      int exitCode = process.waitFor();
      listener.join();
      throw exitCode == MISSING
          ? new UnavailableException(said.toString().lines().findFirst().orElse(""))
          : new IllegalStateException("the control plane does not start:\n" + said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the control plane started", e);
    }
  }

  private static boolean isUp(BufferedReader stdout) throws IOException {
    String line = stdout.readLine();
    while (line != null && !line.startsWith(UP)) {
      line = stdout.readLine();
    }
    return line != null;
  }

  /** A build that takes minutes is seen while it runs. */
  private static void repeat(BufferedReader stderr, StringBuffer said) {
    stderr
        .lines()
        .forEach(
            line -> {
              System.err.println(line);
              said.append(line).append('\n');
            });
  }

  /** Ends it, and returns when nothing of it runs. */
  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }
}
