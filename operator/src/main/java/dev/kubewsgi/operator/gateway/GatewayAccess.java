package dev.kubewsgi.operator.gateway;

import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.Collection;
import java.util.List;

/** Who a gateway's pods are, and what they may do in the gateway's namespace. */
final class GatewayAccess {

  private GatewayAccess() {}

  /**
   * @param configMaps names of the ConfigMaps of the route table
   */
  static List<HasMetadata> objects(WsgiGateway gateway, Collection<String> configMaps) {
    return List.of(account(gateway), role(gateway, configMaps), binding(gateway));
  }

  /** Nobody but the gateway's own pods, which ask for it, gets its token mounted. */
  private static ServiceAccount account(WsgiGateway gateway) {
    return new ServiceAccountBuilder()
        .withMetadata(GatewayModel.metadata(gateway))
        .withAutomountServiceAccountToken(false)
        .build();
  }

  private static Role role(WsgiGateway gateway, Collection<String> configMaps) {
    return new RoleBuilder()
        .withMetadata(GatewayModel.metadata(gateway))
        .addNewRule()
        .withApiGroups("")
        .withResources("configmaps")
        .withResourceNames(List.copyOf(configMaps))
        .withVerbs("get", "list", "watch")
        .endRule()
        .addNewRule()
        .withApiGroups("")
        .withResources("configmaps")
        .withResourceNames(Names.gatewayStatus(gateway.getMetadata().getName()))
        .withVerbs("get", "patch")
        .endRule()
        .build();
  }

  private static RoleBinding binding(WsgiGateway gateway) {
    String name = GatewayModel.name(gateway);
    return new RoleBindingBuilder()
        .withMetadata(GatewayModel.metadata(gateway))
        .withNewRoleRef("rbac.authorization.k8s.io", "Role", name)
        .withSubjects(
            new Subject(null, "ServiceAccount", name, gateway.getMetadata().getNamespace()))
        .build();
  }
}
