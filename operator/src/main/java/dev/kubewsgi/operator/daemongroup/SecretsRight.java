package dev.kubewsgi.operator.daemongroup;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.operator.Latest;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.ResourceVersion;
import dev.kubewsgi.operator.apply.Children;
import dev.kubewsgi.operator.apply.Cluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * The right of an operator of all namespaces to the Secrets of those that have groups: it binds
 * itself to it with the first group of each.
 */
final class SecretsRight {

  /** What needs the right: to have and to give. */
  private static final Set<Class<? extends HasMetadata>> NEED_IT = Set.of(Secret.class, Role.class);

  /** Of the watch of an API server, with much to spare. */
  private static final Duration UNTIL_BINDINGS_ARE_KNOWN = Duration.ofSeconds(10);

  private final OperatorConfig config;
  private final Clock clock;

  /** When the binding of a namespace was written. */
  private final Map<String, Instant> written = Collections.synchronizedMap(new Latest<>());

  /** The binding of a namespace when it was last what it should be. */
  private final Map<String, Binding> checked = Collections.synchronizedMap(new Latest<>());

  /**
   * What a binding is for, and what there is of it. All groups of a namespace own it, so that each
   * reconcile of each would compare it with all of them.
   *
   * @param groups uids by name
   * @param version empty: none of ours is there
   */
  private record Binding(SortedMap<String, String> groups, Optional<Long> version) {}

  SecretsRight(OperatorConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Sees to the binding of a group's namespace, first of all that is done for the group. A right
   * that is still missing some moments later is one that somebody has to give.
   *
   * @param groups of the namespace: uids by name
   */
  void bringAbout(
      DaemonGroup group, SortedMap<String, String> groups, Cluster cluster, Children children) {
    String namespace = group.getMetadata().getNamespace();
    Optional<Long> version =
        cluster.find(SecretsBinding.like(namespace, config)).map(ResourceVersion::of);
    Binding binding = new Binding(groups, version);
    if (version.isEmpty() || !binding.equals(checked.get(namespace))) {
      children.applyShared(
          SecretsBinding.of(group, groups, config), () -> written.put(namespace, clock.instant()));
      if (children.failures().isEmpty()) {
        checked.put(namespace, binding);
      }
    }
    Instant last = written.getOrDefault(namespace, Instant.MIN);
    if (clock.instant().isBefore(last.plus(UNTIL_BINDINGS_ARE_KNOWN))) {
      children.withNewRights(NEED_IT);
    }
  }
}
