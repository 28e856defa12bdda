package dev.kubewsgi.pods;

import dev.kubewsgi.system.Expectation;
import dev.kubewsgi.system.Site;
import dev.kubewsgi.testing.apiserver.Checkout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code helm install}, {@code kubectl apply -f examples/quickstart}, and every alias answers. */
@Pods
class QuickstartTest {

  private static final Path QUICKSTART = Checkout.file("examples/quickstart");

  @Test
  void everyAliasAnswersFromTheGatewayOrItsGroup(Scene scene) {
    scene.apply(QUICKSTART);
    List.of("hello", "environ", "counter", "report")
        .forEach(alias -> scene.awaitCondition("alias", alias, "Ready"));
    Site site = scene.site("main", 8000);
    Expectation.of(QUICKSTART).forEach(expectation -> expectation.checkAgainst(site));
  }
}
