package dev.kubewsgi.cli;

import dev.kubewsgi.cli.manifests.Standalone;
import dev.kubewsgi.cli.serve.RunCommand;
import dev.kubewsgi.cli.serve.ServeCommand;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
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

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli sets it, and shows the help by itself
  private boolean help;

  private Main() {}

  /** Ends the process with the command's exit status. */
  public static void main(String... arguments) {
    System.exit(commandLine(arguments).execute(arguments));
  }

  /** Knows the command that is called, or all of them: a start would wait for what each says. */
  static CommandLine commandLine(String... arguments) {
    var called = arguments.length == 0 ? "" : arguments[0];
    var commands =
        switch (called) {
          case "serve" -> ofManifests(new ServeCommand());
          case "run" -> ofManifests(new RunCommand());
          case "check" -> ofManifests(new CheckCommand());
          case "gateway" -> List.of(new GatewayCommand());
          default ->
              List.of(
                  new ServeCommand(),
                  new RunCommand(),
                  new CheckCommand(),
                  new GatewayCommand(),
                  new HelpCommand());
        };
    var line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    return line;
  }

  /** One that compiles manifests, whose rule book is loaded while the command line is read. */
  private static List<Object> ofManifests(Object command) {
    Standalone.prepare();
    return List.of(command);
  }
}
