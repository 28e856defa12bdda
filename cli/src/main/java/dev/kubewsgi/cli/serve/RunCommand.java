package dev.kubewsgi.cli.serve;

import dev.kubewsgi.cli.manifests.Compilation;
import dev.kubewsgi.cli.manifests.Standalone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-wsgi run SCRIPT}: serves one script, as {@code mod_wsgi-express start-server}. */
@Command(
    name = "run",
    description =
        "Serves one WSGI script on 127.0.0.1:8000, for every host and path, in the gateway's own"
            + " process, and its newest code as soon as it is saved.%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:ended on a signal", "1:could not start", "2:wrong usage"})
public final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private ServerOptions options;

  @Parameters(
      paramLabel = "SCRIPT",
      description = "A Python file that defines the WSGI callable 'application'.")
  private Path script;

  @Override
  public Integer call() {
    if (!Files.isRegularFile(script)) {
      throw new ParameterException(command.commandLine(), script + ": there is no such file");
    }
    var file = script.toAbsolutePath().normalize();
    return Server.run(
        options,
        new Manifests() {
          @Override
          public Compilation compile() {
            return Standalone.script(file, options.port());
          }

          @Override
          public Collection<Path> directories(Compilation latest) {
            return List.of(file.getParent());
          }
        });
  }
}
