package dev.kubewsgi.system;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Shows what the commands of a test printed, when the test failed. */
final class OutputOnFailure implements AfterEachCallback {

  private static final int LAST_LINES = 150;

  // Tests run one after the other; a command that a whole class shares stays until a test fails.
  private static final Queue<CommandLine> STARTED = new ConcurrentLinkedQueue<>();

  static void watch(CommandLine command) {
    STARTED.add(command);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isEmpty()) {
      STARTED.removeIf(command -> !ProcessHandle.of(command.pid()).isPresent());
      return;
    }
    for (CommandLine command : STARTED) {
      List<String> output = command.output();
      if (output.isEmpty()) {
        continue;
      }
      context.publishReportEntry("output of process " + command.pid(), tail(output));
      System.err.printf(
          "--- %s: output of process %d%n%s%n---%n",
          context.getDisplayName(), command.pid(), tail(output));
    }
    STARTED.clear();
  }

  private static String tail(List<String> output) {
    return String.join(
        "\n", output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
  }
}
