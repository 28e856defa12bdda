package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.AuditLog;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Edits that come fast, operators that come and go, and others who write at the same time. */
@ApiServer
class DynamicsTest {

  private static final int CONFLICT = 409;

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
  void ofTwoEditsInQuickSuccessionTheLastOneStands() {
    scene.apply(Scene.group(1));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    for (int round = 0; round < 10; round++) {
      scene.apply(Scene.group(2));
      scene.apply(Scene.group(3));
    }
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    assertEquals(3, scene.get(Deployment.class, "site1-group").getSpec().getReplicas());
    scene.awaitQuiet();
    assertEquals(3, scene.get(Deployment.class, "site1-group").getSpec().getReplicas());
  }

  @Test
  void anOperatorThatIsLostInTheMiddleIsFollowedByOneThatFinishes(
      Cluster cluster, TestNamespace namespace) throws IOException, GeneralSecurityException {
    scene.apply(Scene.group(1));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    scene.stopOperator();
    List<String> names = IntStream.range(0, 30).mapToObj(i -> "app" + i).toList();
    try (FaultyLine line = FaultyLine.to(cluster.client().getConfiguration());
        Scene lost = Scene.through(line, cluster, namespace)) {
      line.answer("PATCH", "/configmaps/site1-group", 503, "busy");
      names.forEach(name -> lost.apply(Scene.alias(name)));
      lost.eventually(() -> assertTrue(routes().contains("app29.py")));
      assertFalse(document().contains("app29.py"), "it is in the middle");
      line.drop();
      scene.startOperator();
      names.forEach(
          name -> scene.awaitCondition(ScriptAlias.class, name, "Programmed", "Programmed"));
      scene.eventually(
          () -> assertEquals(30, scene.get(WsgiGateway.class, "main").getStatus().aliases()));
    }
  }

  private String routes() {
    return scene.get(ConfigMap.class, "main-gateway-routes-1-0").getData().get(Names.SHARD);
  }

  private String document() {
    return scene.get(ConfigMap.class, "site1-group").getData().get(Names.GROUP_DOCUMENT);
  }

  @Test
  void aRestartedOperatorFindsNothingToWrite() {
    scene.apply(Scene.group(1));
    scene.apply(Scene.alias("shop"));
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
    scene.awaitQuiet();
    scene.stopOperator();
    AuditLog.Mark mark = scene.mark();
    scene.startOperator();
    scene.apply(Scene.alias("later"));
    scene.awaitCondition(ScriptAlias.class, "later", "Programmed", "Programmed");
    scene.awaitQuiet();
    assertEquals(Scene.WRITTEN_FOR_LATER, scene.writtenSince(mark));
  }

  @Test
  void editsGetThroughWhileOthersWriteTheSameObjects() {
    scene.apply(Scene.group(1));
    scene.awaitCondition(DaemonGroup.class, "site1", "Programmed", "Programmed");
    AuditLog.Mark mark = scene.mark();
    List<String> names = new ArrayList<>();
    var writing = new AtomicBoolean(true);
    var others =
        CompletableFuture.runAsync(() -> annotateWhile(writing), Thread::startVirtualThread);
    try {
      scene.eventually(
          () -> {
            names.add("app" + names.size());
            scene.apply(Scene.alias(names.getLast()));
            assertTrue(hasMetAConflict(mark), "no write of the operator has met another's");
          });
      names.forEach(
          name -> scene.awaitCondition(ScriptAlias.class, name, "Programmed", "Programmed"));
    } finally {
      writing.set(false);
      others.join();
    }
    ConfigMap document = scene.get(ConfigMap.class, "site1-group");
    assertTrue(document.getData().get("group.json").contains(names.getLast()));
    assertTrue(document.getMetadata().getAnnotations().containsKey("theirs"));
    scene.eventually(
        () ->
            assertEquals(
                names.size(), scene.get(DaemonGroup.class, "site1").getStatus().aliases()));
  }

  /** A status is written to the state that it is about, so that of the group meets these writes. */
  private void annotateWhile(AtomicBoolean writing) {
    for (int i = 0; writing.get(); i++) {
      String merge = "{\"metadata\": {\"annotations\": {\"theirs\": \"%d\"}}}".formatted(i);
      scene.patch(ConfigMap.class, "site1-group", merge);
      scene.patch(DaemonGroup.class, "site1", merge);
    }
  }

  private boolean hasMetAConflict(AuditLog.Mark mark) {
    return scene.requestsSince(mark).stream()
        .anyMatch(
            each ->
                each.resource().equals("kubewsgi.dev/daemongroups/status")
                    && each.status() == CONFLICT);
  }
}
