package dev.kubewsgi.cli;

import dev.kubewsgi.cli.manifests.Compilation;
import dev.kubewsgi.cli.manifests.Finding;
import dev.kubewsgi.cli.manifests.Standalone;
import dev.kubewsgi.routes.RouteTable;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-wsgi check DIR}: says of manifests what an API server and a gateway would say. */
@Command(
    name = "check",
    description =
        "Validates the manifests below a directory by the same schema and rules as an API server,"
            + " and tells which aliases a gateway would not serve. Changes nothing and starts"
            + " nothing.%n",
    footer =
        "%nEvery finding is one line: FILE:LINE:COLUMN: CODE FIELD: what is wrong and what to"
            + " write. docs/errors.md explains the codes.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:nothing wrong (notes at most)", "1:errors", "2:wrong usage"})
public final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // That it is set is what picocli asks.
  private boolean help;

  @Parameters(
      paramLabel = "DIR",
      description =
          "Every *.yaml and *.yml in it and below is read, except in hidden directories, virtual"
              + " environments, node_modules and __pycache__. A file can be named too.")
  private Path directory;

  @Override
  public Integer call() {
    if (!Files.exists(directory)) {
      throw new ParameterException(
          command.commandLine(), directory + ": there is no such file or directory");
    }
    Compilation compilation = Standalone.compile(directory, OptionalInt.empty());
    PrintWriter out = command.commandLine().getOut();
    compilation.findings().forEach(out::println);
    out.println(summary(compilation));
    out.flush();
    return compilation.hasErrors() ? 1 : 0;
  }

  private static String summary(Compilation compilation) {
    List<RouteTable> tables = compilation.tables();
    long errors = compilation.findings().stream().filter(Finding::isError).count();
    return String.join(
        ", ",
        errors == 0 ? "ok" : counted(errors, "error"),
        counted(tables.size(), "gateway"),
        counted(
            tables.stream()
                .flatMap(table -> table.routes().stream())
                .map(route -> route.alias())
                .distinct()
                .count(),
            "alias"),
        counted(
            tables.stream().flatMap(table -> table.daemonGroups().stream()).distinct().count(),
            "daemon group"));
  }

  private static String counted(long number, String noun) {
    String plural = noun.endsWith("s") ? noun + "es" : noun + "s";
    return number + " " + (number == 1 ? noun : plural);
  }
}
