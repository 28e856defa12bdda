package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who keeps a host and path. */
@ApiServer
class ClaimsTest {

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void anOldAliasThatAddsSomebodysHostLosesItAlsoAfterARestart() {
    scene.apply(alias("old", "old.example.com"));
    scene.awaitCondition(ScriptAlias.class, "old", "Programmed", "Programmed");
    scene.apply(alias("young", "www.example.com"));
    scene.awaitCondition(ScriptAlias.class, "young", "Programmed", "Programmed");

    scene.apply(alias("old", "old.example.com, www.example.com"));
    assertLoses();

    scene.stopOperator();
    scene.startOperator();
    scene.apply(alias("third", "third.example.com"));
    scene.awaitCondition(ScriptAlias.class, "third", "Programmed", "Programmed");
    assertLoses();
  }

  private void assertLoses() {
    Condition lost =
        scene.awaitCondition(ScriptAlias.class, "old", "Accepted", "PartiallyAdmitted");
    assertTrue(lost.getMessage().contains("/young"), lost::getMessage);
    assertEquals("old.example.com/", scene.get(ScriptAlias.class, "old").getStatus().route());
    scene.awaitCondition(ScriptAlias.class, "young", "Accepted", "Accepted");
  }

  @Test
  void aClaimThatIsGivenUpGoesToWhoeverWaits() {
    scene.apply(alias("first", "www.example.com"));
    scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");
    scene.apply(alias("second", "www.example.com"));
    scene.awaitCondition(ScriptAlias.class, "second", "Ready", "AlreadyClaimed");
    scene.delete(ScriptAlias.class, "first");
    scene.awaitCondition(ScriptAlias.class, "second", "Programmed", "Programmed");
  }

  private static String alias(String name, String hosts) {
    return """
    apiVersion: kubewsgi.dev/v1alpha1
    kind: ScriptAlias
    metadata: {name: %s}
    spec: {hosts: [%s], path: /, script: app.py}
    """
        .formatted(name, hosts);
  }
}
