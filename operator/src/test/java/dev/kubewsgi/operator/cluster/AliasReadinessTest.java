package dev.kubewsgi.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import dev.kubewsgi.testing.apiserver.ApiServer;
import dev.kubewsgi.testing.apiserver.Cluster;
import dev.kubewsgi.testing.apiserver.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an alias says of its code, from what pods report and suffer from. */
@ApiServer
class AliasReadinessTest {

  private Scene scene;

  @BeforeEach
  void begin(Cluster cluster, TestNamespace namespace) {
    scene = new Scene(cluster, namespace);
    scene.apply(Scene.GATEWAY);
    scene.apply(
        """
        apiVersion: kubewsgi.dev/v1alpha1
        kind: DaemonGroup
        metadata: {name: site1}
        spec: {}
        ---
        apiVersion: kubewsgi.dev/v1alpha1
        kind: ScriptAlias
        metadata: {name: shop}
        spec: {hosts: [www.example.com], path: /shop, script: shop.py, processGroup: site1}
        """);
    scene.awaitCondition(ScriptAlias.class, "shop", "Programmed", "Programmed");
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void itFollowsWhatTheGatewaysPodsReport() {
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "Starting");
    PlayedGateway gateway = PlayedGateway.ready(scene, "main");

    gateway.report(ApplicationReport.starting(gateway.revision(), false));
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "Starting");
    gateway.serves();
    Condition serving = scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "Serving");
    assertEquals("True", serving.getStatus());
    assertEquals("www.example.com/shop", scene.get(ScriptAlias.class, "shop").getStatus().route());

    gateway.report(
        ApplicationReport.failed(
            gateway.revision(),
            true,
            new Trouble("KW301", "ModuleNotFoundError: No module named 'shop'")));
    Condition failed = scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "ImportFailed");
    assertTrue(failed.getMessage().contains("No module named 'shop'"), failed::getMessage);
    scene.eventually(
        () ->
            assertTrue(
                scene.kubectl("get", "events", "-o", "name").stdout().contains("event/shop.")));
  }

  @Test
  void aReportOfOlderCodeIsNotYetAboutTheNewest() {
    PlayedGateway gateway = PlayedGateway.ready(scene, "main");
    gateway.report(ApplicationReport.serving("0123456789abcdef"));
    Condition starting = scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "Starting");
    scene.eventually(
        () ->
            assertTrue(
                scene
                    .awaitCondition(ScriptAlias.class, "shop", "Ready", "Starting")
                    .getMessage()
                    .contains("serves meanwhile"),
                starting::getMessage));
  }

  @Test
  void whatTheGroupsPodsSufferFromIsLiftedUp() {
    PlayedGateway gateway = PlayedGateway.ready(scene, "main");
    gateway.report(ApplicationReport.starting(gateway.revision(), false));
    Pod worker = scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GROUP, 1).getFirst();
    scene.pods().kubelet().crashLooping(worker, 1, "ImportError: no _ssl");

    Condition group = scene.awaitCondition(DaemonGroup.class, "site1", "Ready", "CrashLoop");
    assertTrue(group.getMessage().contains("ImportError: no _ssl"), group::getMessage);
    Condition alias = scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "GroupNotReady");
    assertTrue(alias.getMessage().contains("ImportError: no _ssl"), alias::getMessage);
  }

  @Test
  void aGatewayThatIsReadyAndOneWithoutACertificateSaySo() {
    PlayedGateway gateway = PlayedGateway.ready(scene, "main");
    scene.awaitCondition(WsgiGateway.class, "main", "Ready", "Ready");
    assertEquals("1/1", scene.get(WsgiGateway.class, "main").getStatus().ready());
    Trouble missing = new Trouble("KW128", "there is no Secret www-tls");
    gateway.report(new GatewayReport(Map.of(), Map.of("https", missing)));
    Condition refs =
        scene.awaitCondition(WsgiGateway.class, "main", "ResolvedRefs", "CertificateNotFound");
    assertTrue(refs.getMessage().contains("there is no Secret www-tls"), refs::getMessage);
  }

  @Test
  void aGatewayWithoutPodsIsNamedAsTheCause() {
    scene.kubectl("patch", "wgw", "main", "--type=merge", "-p", "{\"spec\": {\"replicas\": 0}}");
    scene.awaitCondition(WsgiGateway.class, "main", "Ready", "ScaledToZero");
    scene.awaitCondition(ScriptAlias.class, "shop", "Ready", "NoGatewayPods");
  }
}
