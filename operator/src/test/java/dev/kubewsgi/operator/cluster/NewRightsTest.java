package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** An operator of all namespaces that has just bound itself to the right to a group's Secret. */
@ApiServer
@Isolated("its operator looks after all namespaces")
class NewRightsTest {

  @AutoClose private FaultyLine line;

  @BeforeEach
  void connect(Cluster cluster) throws IOException, GeneralSecurityException {
    line = FaultyLine.to(cluster.client().getConfiguration());
  }

  @Test
  void aRightThatIsNotKnownEverywhereYetIsWaitedForWithoutAWord(
      Cluster cluster, TestNamespace namespace) {
    Clock stopped = Clock.fixed(Instant.now(), ZoneOffset.UTC);
    try (RecordedLog log = RecordedLog.of(namespace.name());
        var scene = Scene.ofAllThrough(line, cluster, namespace, stopped)) {
      forbidTheSecret(namespace);
      scene.apply(Scene.group(1));
      scene.eventually(() -> assertTrue(line.met() >= 1));
      line.heal();
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
      assertEquals(List.of(), log.lines());
      assertEquals(List.of(), events(scene, "site1"));
    }
  }

  @Test
  void aRightThatIsMissingForLongIsToldAsOneThatSomebodyHasToGive(
      Cluster cluster, TestNamespace namespace) {
    try (var scene = Scene.ofAllThrough(line, cluster, namespace, Clock.systemUTC())) {
      forbidTheSecret(namespace);
      scene.apply(Scene.group(1));
      Condition told = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "Refused");
      assertEquals("Secret site1-group: secrets \"site1-group\" is forbidden", told.getMessage());
    }
  }

  /** Of this namespace: others may be on their way out, with groups in them. */
  private void forbidTheSecret(TestNamespace namespace) {
    String path = "/namespaces/" + namespace.name() + "/secrets/site1-group";
    line.answer("GET", path, 403, "secrets \"site1-group\" is forbidden");
  }

  private static List<String> events(Scene scene, String about) {
    return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(each -> each.getInvolvedObject().getName().equals(about))
        .map(Event::getReason)
        .toList();
  }
}
