package dev.kubewsgi.pods;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.system.Checkout;
import dev.kubewsgi.system.Expectation;
import dev.kubewsgi.system.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example, applied to a cluster, gives the answers that {@code kube-wsgi serve} gives. */
@Pods
class ExamplesInPodsTest {

  @BeforeAll
  static void load(Kubernetes kubernetes) {
    examples()
        .map(name -> "examples/" + name)
        .filter(example -> Files.exists(Checkout.ROOT.resolve(example, "Dockerfile")))
        .forEach(kubernetes::load);
  }

  static Stream<String> examples() {
    return Checkout.examples().stream().map(example -> example.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExpectedAnswerIsGiven(String name, Scene scene) {
    Path example = Checkout.ROOT.resolve("examples", name);
    scene.apply(example);
    scene.awaitCondition("alias", "--all", "Ready");
    Site site = scene.forwarded("main", 8000);
    Expectation.of(example).forEach(expectation -> expectation.checkAgainst(site));
  }
}
