package dev.kubewsgi.cli;

import dev.kubewsgi.cli.serve.RunCommand;
import dev.kubewsgi.cli.serve.ServeCommand;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** {@code kube-wsgi}. */
@QuarkusMain
@Command(
    name = "kube-wsgi",
    description = "Hosts Python WSGI applications, in its own process or in daemon groups.%n",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      RunCommand.class,
      CheckCommand.class,
      GatewayCommand.class,
      HelpCommand.class,
    })
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
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
