package dev.kubewsgi.cli;

import dev.kubewsgi.cli.manifests.Standalone;
import dev.kubewsgi.cli.serve.RunCommand;
import dev.kubewsgi.cli.serve.ServeCommand;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** {@code kube-wsgi}. */
@QuarkusMain
@Command(
    name = "kube-wsgi",
    description = "Hosts Python WSGI applications, in its own process or in daemon groups.%n",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {

  private static final Set<String> OF_MANIFESTS = Set.of("serve", "run", "check");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli sets it, and shows the help by itself
  private boolean help;

  private Main() {}

  /** Ends the process with the command's exit status. */
  public static void main(String... arguments) {
    if (arguments.length > 0 && OF_MANIFESTS.contains(arguments[0])) {
      Standalone.prepare();
    }
    System.exit(commandLine(arguments).execute(arguments));
  }

  /** Knows the command that is called, or all of them: a start would wait for what each says. */
  static CommandLine commandLine(String... arguments) {
    var line = new CommandLine(new Main());
    var called = arguments.length == 0 ? "" : arguments[0];
    var commands =
        switch (called) {
          case "serve" -> List.of(new ServeCommand());
          case "run" -> List.of(new RunCommand());
          case "check" -> List.of(new CheckCommand());
          case "gateway" -> List.of(new GatewayCommand());
          default ->
              List.of(
                  new ServeCommand(),
                  new RunCommand(),
                  new CheckCommand(),
                  new GatewayCommand(),
                  new HelpCommand());
        };
    commands.forEach(line::addSubcommand);
    return line;
  }
}
