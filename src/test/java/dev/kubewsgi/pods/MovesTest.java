package dev.kubewsgi.pods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.system.Site;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** One field says where an alias runs. */
@Pods
class MovesTest {

  private static final Set<String> PLACES = Set.of("200 embedded", "200 one", "200 two");

  @Test
  void anAliasMovesFromTheGatewayToAGroupAndToAnotherAndBackWithoutALostRequest(Scene scene) {
    scene.apply(
        Manifests.GATEWAY
            + Manifests.group("one", "threads: 5")
            + Manifests.group("two", "threads: 5")
            + Manifests.alias(
                "mover",
                "",
                Manifests.answering("environ['mod_wsgi.process_group'] or 'embedded'")));
    Site site = scene.site("main", Manifests.PORT);
    scene.awaitAnswer(site, "/mover", "200 embedded");
    List.of("one", "two").forEach(group -> scene.awaitCondition("dg", group, "Ready"));

    moves(scene, site, "\"one\"", "200 one");
    moves(scene, site, "\"two\"", "200 two");
    moves(scene, site, "null", "200 embedded");
  }

  private static void moves(Scene scene, Site site, String group, String answer) {
    List<String> gateways = scene.podsAndRestarts("gateway", "main");
    try (var clients = new Asking(site, "/mover")) {
      scene.patch("alias", "mover", "{\"spec\": {\"processGroup\": %s}}".formatted(group));
      scene.awaitAnswer(site, "/mover", answer);
      SortedSet<String> answers = clients.answers();
      assertTrue(PLACES.containsAll(answers), () -> "on the way to " + answer + ": " + answers);
    }
    assertEquals(answer, Scene.answer(site, "/mover"));
    assertEquals(gateways, scene.podsAndRestarts("gateway", "main"), "the gateway runs on");
  }
}
