package dev.kubewsgi.testing.apiserver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The command line tools of {@code src/test/cluster/build}, on one cluster. */
final class Tools {

  private final Map<String, Path> directories = new ConcurrentHashMap<>();
  private final Map<String, String> environment;

  Tools(Path kubeconfig) {
    Path home = Path.of("target", "helm").toAbsolutePath();
    this.environment =
        Map.of(
            "KUBECONFIG", kubeconfig.toAbsolutePath().toString(),
            "HELM_CACHE_HOME", home.resolve("cache").toString(),
            "HELM_CONFIG_HOME", home.resolve("config").toString(),
            "HELM_DATA_HOME", home.resolve("data").toString());
  }

  /**
   * Runs a tool.
   *
   * @param built the name by which it is built
   */
  CommandResult run(String built, String tool, String... arguments) {
    var command = new ArrayList<String>();
    command.add(directories.computeIfAbsent(built, Tools::build).resolve(tool).toString());
    command.addAll(List.of(arguments));
    return CommandResult.of(command, environment);
  }

  private static Path build(String name) {
    List<String> command = List.of(Checkout.file("src/test/cluster/build").toString(), name);
    return Path.of(CommandResult.of(command, Map.of()).orFail().stdout());
  }
}
