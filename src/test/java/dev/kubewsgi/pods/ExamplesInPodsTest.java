package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kubewsgi.pods.kubernetes.Kubernetes;
import dev.kubewsgi.system.Checkout;
import dev.kubewsgi.system.Expectation;
import dev.kubewsgi.system.Site;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

  /** The two manifests differ in the group of the shop alone. */
  @Test
  void twoDjangoProjectsOfOneGroupGetAGroupEachWhileTheyServe(Scene scene) {
    Path together = Checkout.ROOT.resolve("examples/two-django-projects");
    Path apart = Checkout.ROOT.resolve("examples/two-django-projects-apart");
    scene.apply(together);
    scene.awaitCondition("alias", "--all", "Ready");
    Site site = scene.forwarded("main", 8000);
    Expectation.of(together).forEach(expectation -> expectation.checkAgainst(site));
    String answer = Scene.answer(site, "/shop/api/products");
    assertEquals("site1", mode(scene, "shop"));
    List<String> pods = scene.podsAndRestarts("group", "site1");

    try (var clients = new Asking(site, "/shop/api/products")) {
      scene.apply(apart);
      scene.awaitCondition("dg", "site2", "Ready");
      scene.awaitField("alias", "shop", "{.status.mode}", "site2");
      scene.awaitCondition("alias", "shop", "Ready");
      assertEquals(Set.of(answer), clients.answers());
    }
    Expectation.of(apart).forEach(expectation -> expectation.checkAgainst(site));
    assertEquals("site1", mode(scene, "blog"));
    assertEquals(pods, scene.podsAndRestarts("group", "site1"), "the blog's pods run on");
  }

  private static String mode(Scene scene, String alias) {
    return scene.kubectl("get", "alias", alias, "--output=jsonpath={.status.mode}");
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
