package dev.kubewsgi.operator.cluster;

import dev.kubewsgi.operator.Names;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.RouteTableDocuments;
import dev.kubewsgi.routes.UnreadableDocumentException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;

/** The pod of a gateway with one application: it is ready and reports what a test has it report. */
final class PlayedGateway {

  private final Scene scene;
  private final String gateway;
  private final String pod;

  private PlayedGateway(Scene scene, String gateway, String pod) {
    this.scene = scene;
    this.gateway = gateway;
    this.pod = pod;
  }

  /** Waits for the one gateway's one pod, and has it be ready. */
  static PlayedGateway ready(Scene scene, String gateway) {
    Pod pod = scene.pods().kubelet().awaitPods(Names.COMPONENT, Names.GATEWAY, 1).getFirst();
    scene.pods().kubelet().ready(pod);
    return new PlayedGateway(scene, gateway, pod.getMetadata().getName());
  }

  /** It says so of the application. */
  void report(ApplicationReport report) {
    report(new GatewayReport(Map.of(application().id(), report), Map.of()));
  }

  void report(GatewayReport report) {
    scene.report(gateway, pod, report);
  }

  /** It serves the application's newest code. */
  void serves() {
    report(ApplicationReport.serving(revision()));
  }

  /** Of the application's newest code. */
  String revision() {
    return application().revision();
  }

  private ApplicationGroup application() {
    return table().applicationGroups().getFirst();
  }

  private RouteTable table() {
    try {
      return new RouteTableDocuments(
              data(Names.gateway(gateway), Names.INDEX),
              List.of(data(Names.gatewayShard(gateway, 1, 0), Names.SHARD)))
          .table();
    } catch (UnreadableDocumentException e) {
      throw new AssertionError(e);
    }
  }

  private String data(String configMap, String key) {
    return scene.get(ConfigMap.class, configMap).getData().get(key);
  }
}
