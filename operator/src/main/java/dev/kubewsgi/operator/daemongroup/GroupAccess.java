package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.pods.Ingress;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What the gateways that have aliases in a group may do there, and nobody else. */
final class GroupAccess {

  private GroupAccess() {}

  /**
   * What they may read.
   *
   * @param gateways {@code NAMESPACE/NAME} each
   */
  static List<HasMetadata> rights(DaemonGroup group, Collection<String> gateways) {
    return List.of(role(group), binding(group, parsed(gateways)));
  }

  /**
   * Whom the pods hear.
   *
   * @param gateways {@code NAMESPACE/NAME} each
   */
  static NetworkPolicy network(DaemonGroup group, Collection<String> gateways) {
    return policy(group, parsed(gateways));
  }

  private static List<Gateway> parsed(Collection<String> gateways) {
    return gateways.stream().map(Gateway::parse).toList();
  }

  /**
   * The Secret can only be asked for: the operator gives what it has, and it watches no Secrets.
   * EndpointSlices have names that cannot be known beforehand.
   */
  private static Role role(DaemonGroup group) {
    String name = DaemonGroupModel.name(group);
    return new RoleBuilder()
        .withMetadata(DaemonGroupModel.metadata(group))
        .addNewRule()
        .withApiGroups("")
        .withResources("configmaps")
        .withResourceNames(name)
        .withVerbs("get", "list", "watch")
        .endRule()
        .addNewRule()
        .withApiGroups("")
        .withResources("secrets")
        .withResourceNames(name)
        .withVerbs("get")
        .endRule()
        .addNewRule()
        .withApiGroups("discovery.k8s.io")
        .withResources("endpointslices")
        .withVerbs("get", "list", "watch")
        .endRule()
        .build();
  }

  private static RoleBinding binding(DaemonGroup group, List<Gateway> gateways) {
    return new RoleBindingBuilder()
        .withMetadata(DaemonGroupModel.metadata(group))
        .withNewRoleRef("rbac.authorization.k8s.io", "Role", DaemonGroupModel.name(group))
        .withSubjects(gateways.stream().map(Gateway::account).toList())
        .build();
  }

  /** Without gateways there is no rule for the port, because one without peers is for everybody. */
  private static NetworkPolicy policy(DaemonGroup group, List<Gateway> gateways) {
    List<NetworkPolicyIngressRule> rules = new ArrayList<>();
    if (!gateways.isEmpty()) {
      rules.add(
          Ingress.from(gateways.stream().map(Gateway::pods).toList(), DaemonGroupModel.WSGI_PORT));
    }
    rules.add(Ingress.probesFromTheCluster());
    return Ingress.policy(
        group, DaemonGroupModel.name(group), DaemonGroupModel.labels(group), rules);
  }

  private record Gateway(String namespace, String name) {

    static Gateway parse(String id) {
      int slash = id.indexOf('/');
      return new Gateway(id.substring(0, slash), id.substring(slash + 1));
    }

    Subject account() {
      return new Subject(null, "ServiceAccount", Names.gateway(name), namespace);
    }

    NetworkPolicyPeer pods() {
      return new NetworkPolicyPeerBuilder()
          .withNewNamespaceSelector()
          .addToMatchLabels("kubernetes.io/metadata.name", namespace)
          .endNamespaceSelector()
          .withNewPodSelector()
          .withMatchLabels(Names.gatewayLabels(name))
          .endPodSelector()
          .build();
    }
  }
}
