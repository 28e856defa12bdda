package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.Unreadable;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Listener;
import dev.kubewsgi.operator.LaterRelease;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.Owned;
import dev.kubewsgi.operator.pods.Disruption;
import dev.kubewsgi.operator.pods.Ingress;
import dev.kubewsgi.operator.pods.PodFields;
import dev.kubewsgi.operator.pods.PodTemplateOverlay;
import dev.kubewsgi.operator.pods.Probes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The objects that a WsgiGateway consists of: docs/cluster.md. */
public final class GatewayModel {

  private GatewayModel() {}

  /**
   * All of them, in the order in which to apply them: a gateway may read shards before they are
   * there, and they are there before the index names them. The Deployment is not among them while
   * there are {@link #findings}, nor is a Service of a type that is unknown here, or while
   * something cannot be read: what runs then stays as it is.
   */
  public static List<HasMetadata> objects(
      WsgiGateway gateway, GatewayInputs inputs, OperatorConfig config) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.addAll(GatewayAccess.objects(gateway, inputs.configMaps().keySet()));
    objects.addAll(routeTable(gateway, inputs));
    objects.add(status(gateway));
    objects.add(network(gateway));
    objects.add(Disruption.budget(gateway, name(gateway), labels(gateway)));
    if (gateway.getSpec().service().type() != null && Unreadable.in(gateway).isEmpty()) {
      objects.add(service(gateway));
    }
    if (findings(gateway).isEmpty()) {
      objects.add(new GatewayDeployment(gateway, inputs, config).deployment());
    }
    return List.copyOf(objects);
  }

  /** What cannot be applied of the spec: field and cure. Empty: all can. */
  public static List<String> findings(WsgiGateway gateway) {
    List<String> findings = new ArrayList<>(LaterRelease.findings(gateway));
    List<Listener> listeners = gateway.getSpec().listeners();
    for (int i = 0; i < listeners.size(); i++) {
      if (listeners.get(i).port() == Probes.PORT) {
        findings.add(
            "spec.listeners["
                + i
                + "].port: write another port than "
                + Probes.PORT
                + ", where a gateway in a cluster has its probes and metrics");
      }
    }
    findings.addAll(PodFields.findings(gateway.getSpec().resources()));
    findings.addAll(
        PodTemplateOverlay.findings(
            gateway.getSpec().podTemplate(),
            new PodTemplateOverlay.Contract(
                labels(gateway), GatewayDeployment.process(gateway).build())));
    return List.copyOf(findings);
  }

  private static List<ConfigMap> routeTable(WsgiGateway gateway, GatewayInputs inputs) {
    return inputs.configMaps().keySet().stream()
        .sorted(Comparator.comparing(name(gateway)::equals))
        .map(name -> routes(gateway, name, inputs.configMaps().get(name)))
        .toList();
  }

  private static ConfigMap routes(WsgiGateway gateway, String name, String json) {
    return new ConfigMapBuilder()
        .withMetadata(Owned.metadata(gateway, name, labels(gateway)))
        .addToData(name.equals(name(gateway)) ? Names.INDEX : Names.SHARD, json)
        .build();
  }

  /** Without data, which is the pods' own. */
  private static ConfigMap status(WsgiGateway gateway) {
    String name = Names.gatewayStatus(gateway.getMetadata().getName());
    return new ConfigMapBuilder()
        .withMetadata(Owned.metadata(gateway, name, labels(gateway)))
        .build();
  }

  private static NetworkPolicy network(WsgiGateway gateway) {
    List<Integer> ports = gateway.getSpec().listeners().stream().map(Listener::port).toList();
    return Ingress.policy(
        gateway,
        name(gateway),
        labels(gateway),
        List.of(Ingress.fromAnywhere(ports), Ingress.probesFromTheCluster()));
  }

  private static Service service(WsgiGateway gateway) {
    WsgiGatewaySpec.Service service = gateway.getSpec().service();
    return new ServiceBuilder()
        .withMetadata(
            new ObjectMetaBuilder(metadata(gateway))
                .addToAnnotations(service.annotations())
                .build())
        .withNewSpec()
        .withType(service.type().name())
        .withSelector(labels(gateway))
        .withPorts(gateway.getSpec().listeners().stream().map(GatewayModel::port).toList())
        .endSpec()
        .build();
  }

  private static ServicePort port(Listener listener) {
    return new ServicePortBuilder()
        .withName(listener.name())
        .withProtocol("TCP")
        .withPort(listener.port())
        .withNewTargetPort(listener.port())
        .build();
  }

  static ObjectMeta metadata(WsgiGateway gateway) {
    return Owned.metadata(gateway, name(gateway), labels(gateway));
  }

  static String name(WsgiGateway gateway) {
    return Names.gateway(gateway.getMetadata().getName());
  }

  static Map<String, String> labels(WsgiGateway gateway) {
    return Names.gatewayLabels(gateway.getMetadata().getName());
  }
}
