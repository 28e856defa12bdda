package dev.kubewsgi.cli.serve;

import dev.kubewsgi.cli.manifests.Compilation;
import dev.kubewsgi.cli.manifests.LiveManifests;
import dev.kubewsgi.cli.manifests.Standalone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-wsgi serve DIR}: serves the manifests of a directory on this machine. */
@Command(
    name = "serve",
    description =
        "Serves the manifests below a directory on this machine, without a cluster, and what is"
            + " edited there as soon as it is saved. Ends on Ctrl-C or SIGTERM, when the requests"
            + " in flight are answered.%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:ended on a signal", "1:could not start", "2:wrong usage"})
public final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private ServerOptions options;

  @Parameters(
      paramLabel = "DIR",
      description =
          "Every *.yaml and *.yml in it and below is read. Without a WsgiGateway among them there is"
              + " one on 127.0.0.1:8000.")
  private Path directory;

  @Override
  public Integer call() {
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(
          command.commandLine(), directory + ": there is no such directory");
    }
    // Absolute, because code in this process can change the current directory.
    var absolute = directory.toAbsolutePath().normalize();
    var manifests = new LiveManifests(absolute, options.port());
    return Server.run(
        options,
        new Manifests() {
          @Override
          public Compilation compile() {
            return manifests.compile();
          }

          @Override
          public Collection<Path> directories(Compilation latest) {
            return Standalone.watchedDirectories(absolute, latest);
          }
        });
  }
}
