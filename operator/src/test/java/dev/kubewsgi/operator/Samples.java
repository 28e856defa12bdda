package dev.kubewsgi.operator;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.daemongroup.DaemonGroupModel;
import dev.kubewsgi.operator.daemongroup.GroupInputs;
import dev.kubewsgi.operator.gateway.GatewayInputs;
import dev.kubewsgi.operator.gateway.GatewayModel;
import dev.kubewsgi.operator.pods.PodSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Objects in, objects out, for tests that care for a part of what goes in or comes out. */
public final class Samples {

  public static final OperatorConfig CONFIG =
      new OperatorConfig(
          new OperatorConfig.Images(
              "registry.example.com/kube-wsgi/gateway:0.1",
              "registry.example.com/kube-wsgi/worker:0.1",
              "registry.example.com/kube-wsgi/python:0.1",
              "registry.example.com/kube-wsgi/git:0.1"),
          new TreeSet<>(),
          "kube-wsgi-secrets",
          new OperatorConfig.Account("kube-wsgi", "kube-wsgi"));

  private Samples() {}

  /** What a group called site1 of namespace web consists of. */
  public static List<HasMetadata> group(String spec, PodSource... sources) {
    return objects(Manifests.group(spec), List.of("web/main"), List.of(sources));
  }

  public static List<HasMetadata> objects(
      DaemonGroup group, List<String> gateways, List<PodSource> sources) {
    return DaemonGroupModel.objects(
        group, new GroupInputs("{}", new TreeSet<>(gateways), sources), CONFIG);
  }

  /** What a gateway called main of namespace web consists of. */
  public static List<HasMetadata> gateway(String spec, PodSource... sources) {
    return objects(Manifests.gateway(spec), List.of(sources));
  }

  public static List<HasMetadata> objects(WsgiGateway gateway, List<PodSource> sources) {
    String name = gateway.getMetadata().getName();
    return GatewayModel.objects(
        gateway,
        new GatewayInputs(
            Map.of(
                Names.gateway(name), "{\"shards\": 2}",
                Names.gatewayShard(name, 2, 0), "{}",
                Names.gatewayShard(name, 2, 1), "{}"),
            sources),
        CONFIG);
  }

  /** The first object of a kind. */
  public static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }

  public static Deployment deployment(List<HasMetadata> objects) {
    return only(objects, Deployment.class);
  }
}
