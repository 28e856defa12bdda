package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.routes.GroupDocuments;
import dev.kubewsgi.routes.UnreadableDocumentException;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What was written comes back late, and so does what others wrote. */
@ApiServer
class SlowWatchesTest {

  private static final Duration DELAY = Duration.ofMillis(400);

  /** Bytes that no request has but one with the source of the test. */
  private static final int LARGE = 30_000;

  @Test
  void editsAreNeitherLostNorDoneTwice(Cluster cluster, TestNamespace namespace)
      throws IOException, UnreadableDocumentException {
    URI server = URI.create(cluster.client().getConfiguration().getMasterUrl());
    try (var line = SlowLine.to(new InetSocketAddress(server.getHost(), server.getPort()), DELAY);
        var scene = Scene.through(line, cluster, namespace)) {
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");
      scene.awaitQuiet();
      long sequence = sequence(scene);
      AuditLog.Mark mark = scene.mark();

      scene.apply(Scene.group(2));
      scene.apply(Scene.group(3));
      scene.apply(Scene.alias("second"));
      scene.awaitCondition(ScriptAlias.class, "second", "Programmed", "Programmed");
      scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
      scene.awaitQuiet();

      assertEquals(3, scene.get(Deployment.class, "site1-group").getSpec().getReplicas());
      long documents =
          scene.writesSince(mark).stream()
              .filter(each -> each.resource().equals("configmaps"))
              .filter(each -> each.name().equals("site1-group") && each.status() == 200)
              .count();
      assertEquals(sequence + documents, sequence(scene), "a write for each content");
    }
  }

  @Test
  void anEditThatIsSeenBeforeTheAnswerToAnOlderWriteIsPutBack(
      Cluster cluster, TestNamespace namespace) throws IOException {
    URI server = URI.create(cluster.client().getConfiguration().getMasterUrl());
    var address = new InetSocketAddress(server.getHost(), server.getPort());
    try (var line = SlowLine.toAnswering(address, DELAY.multipliedBy(5), LARGE);
        var scene = Scene.through(line, cluster, namespace)) {
      scene.apply(Scene.GATEWAY);
      scene.apply(Scene.group(1));
      scene.apply(Scene.alias("first"));
      scene.awaitCondition(ScriptAlias.class, "first", "Programmed", "Programmed");

      scene.apply(withLargeSource("first"));
      scene.eventually(() -> assertTrue(document(scene).length() > LARGE));
      scene.patch(ConfigMap.class, "site1-group", "{\"data\": {\"group.json\": \"{}\"}}");
      scene.eventually(() -> assertTrue(document(scene).length() > LARGE));
    }
  }

  private static String withLargeSource(String alias) {
    return Scene.alias(alias)
        .replace(
            "spec: {",
            "spec: {source: {inline: {%s.py: '#%s'}}, ".formatted(alias, "-".repeat(2 * LARGE)));
  }

  private static String document(Scene scene) {
    return scene.get(ConfigMap.class, "site1-group").getData().get(Names.GROUP_DOCUMENT);
  }

  private static long sequence(Scene scene) throws UnreadableDocumentException {
    return GroupDocuments.sequence(document(scene));
  }
}
