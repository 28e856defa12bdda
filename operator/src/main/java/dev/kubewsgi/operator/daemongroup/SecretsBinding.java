package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What lets the operator write the Secrets of one namespace that holds DaemonGroups, for as long as
 * it does: all of them own it, so it goes with the last.
 */
final class SecretsBinding {

  private SecretsBinding() {}

  /** Something that stands for the binding of a namespace, by which it is found. */
  static RoleBinding like(String namespace, OperatorConfig config) {
    return new RoleBindingBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(config.secretsRole())
        .endMetadata()
        .build();
  }

  /**
   * The binding of a group's namespace. It is named after the role, for a binding cannot be turned
   * to another one: an operator with another role makes another binding.
   *
   * @param groups of the namespace: uids by name
   */
  static RoleBinding of(
      DaemonGroup group, SortedMap<String, String> groups, OperatorConfig config) {
    return new RoleBindingBuilder(like(group.getMetadata().getNamespace(), config))
        .editMetadata()
        .withLabels(Map.of(Names.MANAGED_BY, Names.MANAGER, Names.COMPONENT, Names.GROUP))
        .withOwnerReferences(owners(group, groups))
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", config.secretsRole())
        .withSubjects(
            new Subject(
                null, "ServiceAccount", config.account().name(), config.account().namespace()))
        .build();
  }

  private static List<OwnerReference> owners(HasMetadata kind, SortedMap<String, String> groups) {
    return groups.entrySet().stream()
        .map(
            each ->
                new OwnerReferenceBuilder()
                    .withApiVersion(kind.getApiVersion())
                    .withKind(kind.getKind())
                    .withName(each.getKey())
                    .withUid(each.getValue())
                    .build())
        .toList();
  }
}
