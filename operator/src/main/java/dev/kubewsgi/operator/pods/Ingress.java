package dev.kubewsgi.operator.pods;

import dev.kubewsgi.operator.Owned;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.List;
import java.util.Map;

/** Who may connect to pods. What pods connect to is left to others: applications need the world. */
public final class Ingress {

  /** From outside the cluster too. */
  private static final List<NetworkPolicyPeer> ANYBODY = List.of();

  private Ingress() {}

  /** Nothing is let in but by the rules. */
  public static NetworkPolicy policy(
      HasMetadata owner,
      String name,
      Map<String, String> labels,
      List<NetworkPolicyIngressRule> rules) {
    return new NetworkPolicyBuilder()
        .withMetadata(Owned.metadata(owner, name, labels))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(labels)
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .withIngress(rules)
        .endSpec()
        .build();
  }

  /** Ports for everybody, from outside the cluster too. */
  public static NetworkPolicyIngressRule fromAnywhere(List<Integer> ports) {
    return rule(ports, ANYBODY);
  }

  /** The port of probes and metrics for every pod of the cluster; nodes reach their pods anyway. */
  public static NetworkPolicyIngressRule probesFromTheCluster() {
    var everyNamespace =
        new NetworkPolicyPeerBuilder().withNewNamespaceSelector().endNamespaceSelector().build();
    return rule(List.of(Probes.PORT), List.of(everyNamespace));
  }

  /**
   * A port for certain pods.
   *
   * @param peers at least one, since none would stand for everybody
   */
  public static NetworkPolicyIngressRule from(List<NetworkPolicyPeer> peers, int port) {
    if (peers.isEmpty()) {
      throw new IllegalArgumentException("a rule without peers lets everybody in");
    }
    return rule(List.of(port), peers);
  }

  private static NetworkPolicyIngressRule rule(List<Integer> ports, List<NetworkPolicyPeer> peers) {
    return new NetworkPolicyIngressRuleBuilder()
        .withPorts(ports.stream().map(Ingress::tcp).toList())
        .withFrom(peers)
        .build();
  }

  private static NetworkPolicyPort tcp(int port) {
    return new NetworkPolicyPortBuilder().withProtocol("TCP").withNewPort(port).build();
  }
}
