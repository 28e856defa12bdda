package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.RecordedLog;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** What the log says of an object that cannot be made for a while. */
@ApiServer
class LoggedFailuresTest {

  private static final String THEIRS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: site1-group}
      data: {theirs: precious}
      """;

  @Test
  void aFailureIsOneLineHoweverOftenItIsTriedAgain(Cluster cluster, TestNamespace namespace) {
    try (RecordedLog log = RecordedLog.of(namespace.name());
        var scene = new Scene(cluster, namespace)) {
      AuditLog.Mark mark = scene.mark();
      scene.apply(THEIRS);
      scene.apply(Scene.group(1));
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "NotOwned");
      scene.eventually(() -> assertTrue(looksAtIt(scene, mark) >= 4, "it is tried again"));
      scene.delete(ConfigMap.class, "site1-group");
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
      scene.eventually(() -> assertEquals(1, log.messages("everything of it is written").size()));

      List<RecordedLog.Line> warnings =
          log.lines().stream()
              .filter(each -> each.level().intValue() >= Level.WARNING.intValue())
              .toList();
      assertEquals(1, warnings.size(), warnings::toString);
      assertNull(warnings.getFirst().thrown());
      String message = warnings.getFirst().message();
      assertTrue(message.startsWith("KW228 "), message);
      assertTrue(message.contains("ConfigMap site1-group: it is there already"), message);
      for (RecordedLog.Line line : log.lines()) {
        assertEquals("DaemonGroup site1", line.kind() + " " + line.name(), line::toString);
      }
    }
  }

  /** What is somebody else's is in no watch of ours. */
  private static long looksAtIt(Scene scene, AuditLog.Mark mark) {
    return scene.requestsSince(mark).stream()
        .filter(each -> each.verb().equals("get") && each.resource().equals("configmaps"))
        .filter(each -> each.name().equals("site1-group"))
        .count();
  }
}
