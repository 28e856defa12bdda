package dev.kubewsgi.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A running {@code bin/kube-wsgi}, or another program: its output line by line, its exit code, and
 * its end by its own process id. What it printed is shown by {@link OutputOnFailure} when the test
 * fails.
 */
final class CommandLine implements AutoCloseable {

  /** Longer than anything takes on a busy machine; a test that needs it all fails anyway. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;

  private CommandLine(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().name("output of " + process.pid()).start(this::read);
    OutputOnFailure.watch(this);
  }

  static CommandLine start(List<String> arguments) {
    return start(arguments, Map.of());
  }

  /** As a shell starts it in a terminal: leader of a process group, which Ctrl-C goes to. */
  static CommandLine startInForeground(List<String> arguments) {
    return start(List.of("env", "--default-signal=INT", "setsid"), arguments, Map.of());
  }

  /**
   * @param arguments those after {@code bin/kube-wsgi}
   * @param environment variables to set beside the test's own
   */
  static CommandLine start(List<String> arguments, Map<String, String> environment) {
    return start(List.of(), arguments, environment);
  }

  private static CommandLine start(
      List<String> before, List<String> arguments, Map<String, String> environment) {
    List<String> command = new ArrayList<>(before);
    command.add(Checkout.ROOT.resolve("bin/kube-wsgi").toString());
    command.addAll(arguments);
    return startProgram(command, environment);
  }

  /**
   * Starts any program.
   *
   * @param environment variables to set beside the test's own
   */
  static CommandLine startProgram(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile()); // nothing may depend on where it is started
    // A source that is edited while the tests run must not start a build in the middle of them.
    builder.environment().put("KUBE_WSGI_SKIP_BUILD", "1");
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new CommandLine(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /** Everything printed so far, standard output and standard error. */
  synchronized List<String> output() {
    return List.copyOf(lines);
  }

  String outputText() {
    return String.join("\n", output());
  }

  /**
   * Waits for a line.
   *
   * @return the first that matches, among those printed before too
   * @throws AssertionError when the process ended or {@link #PATIENCE} did
   */
  String awaitLine(String what, Predicate<String> wanted) {
    return awaitLine(what, 0, wanted);
  }

  /**
   * @param from index in {@link #output()} of the first line that counts
   */
  synchronized String awaitLine(String what, int from, Predicate<String> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int next = from;
    while (true) {
      for (; next < lines.size(); next++) {
        if (wanted.test(lines.get(next))) {
          return lines.get(next);
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended || left <= 0) {
        throw new AssertionError(
            "%s was not printed %s".formatted(what, ended ? "before the end" : "in time"));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  /** Asks it to end, as Ctrl-C or systemd would. */
  void terminate() {
    process.destroy();
  }

  /** Ctrl-C: a signal to every process of the group at once. */
  void interruptGroup() {
    try {
      new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * @return the exit code
   * @throws AssertionError when it does not end within {@link #PATIENCE}
   */
  int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the process did not end");
      }
      reader.join(PATIENCE);
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Ends it gently if it runs; whatever of it is left after that is killed. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().collect(Collectors.toList());
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw interrupted(e);
    } finally {
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      String line;
      while ((line = output.readLine()) != null) {
        add(line);
      }
    } catch (IOException e) {
      add("[the output ended: " + e.getMessage() + "]");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private static AssertionError interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AssertionError("the test was interrupted", e);
  }
}
