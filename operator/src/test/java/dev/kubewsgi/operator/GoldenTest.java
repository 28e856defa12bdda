package dev.kubewsgi.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.pods.PodSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole manifests to whole lists of objects, as files side by side, so that a change of what is
 * made is read in a review. {@code tools/mvn -pl operator -am test -Dtest=GoldenTest
 * -Dgolden.refresh -Dsurefire.failIfNoSpecifiedTests=false} writes them anew.
 */
final class GoldenTest {

  private static final Path FOLDER = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @ValueSource(strings = {"group-smallest", "group-with-everything", "gateway-with-everything"})
  void makesTheObjectsOfTheFile(String name) throws IOException {
    String made = yaml(objects(Manifests.all(Files.readString(FOLDER.resolve(name + ".yaml")))));
    Path golden = FOLDER.resolve(name + ".objects.yaml");
    if (System.getProperty("golden.refresh") != null) {
      Files.writeString(golden, made);
    }
    assertEquals(Files.readString(golden), made, "differs from " + golden);
  }

  private static List<HasMetadata> objects(List<HasMetadata> manifests) {
    List<PodSource> sources =
        manifests.stream()
            .filter(ScriptAlias.class::isInstance)
            .map(ScriptAlias.class::cast)
            .map(GoldenTest::source)
            .toList();
    return switch (manifests.getFirst()) {
      case DaemonGroup group -> Samples.objects(group, List.of("edge/main", "web/main"), sources);
      case WsgiGateway gateway -> Samples.objects(gateway, sources);
      default -> throw new IllegalArgumentException("a file begins with its owner");
    };
  }

  private static PodSource source(ScriptAlias alias) {
    return new PodSource(
        alias.getMetadata().getNamespace(),
        alias.getMetadata().getName(),
        alias.getSpec().source());
  }

  private static String yaml(List<HasMetadata> objects) {
    var serialization = new KubernetesSerialization();
    return objects.stream().map(serialization::asYaml).collect(Collectors.joining());
  }
}
