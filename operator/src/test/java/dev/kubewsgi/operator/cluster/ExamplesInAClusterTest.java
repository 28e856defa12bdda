package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder of examples has all that a namespace needs. */
@ApiServer
class ExamplesInAClusterTest {

  static List<Path> examples() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("../examples"))) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void appliedAloneHaveEveryAliasProgrammed(
      Path example, Cluster cluster, TestNamespace namespace) {
    try (var scene = new Scene(cluster, namespace)) {
      scene.kubectl("apply", "-f", example.toString());
      List<String> aliases =
          scene
              .client()
              .resources(ScriptAlias.class)
              .inNamespace(scene.namespace())
              .list()
              .getItems()
              .stream()
              .map(alias -> alias.getMetadata().getName())
              .toList();
      assertFalse(aliases.isEmpty());
      aliases.forEach(
          alias -> scene.awaitCondition(ScriptAlias.class, alias, "Programmed", "Programmed"));
    }
  }
}
