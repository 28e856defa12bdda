package dev.kubewsgi.routes;

import dev.kubewsgi.api.Suggestion;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Namespaces;
import dev.kubewsgi.routes.Refusal.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Answers, for an alias, which gateway serves it and which process group runs it. */
final class Placement {

  private final Map<String, GatewayTable> gateways;
  private final Map<String, DaemonGroup> daemonGroups;
  private final Map<String, SortedSet<String>> groupNames = new HashMap<>();
  private final Grants grants;
  private final Refusals refusals;

  /**
   * @param gateways by {@code namespace/name}, as are the daemon groups
   */
  Placement(
      Map<String, GatewayTable> gateways,
      Map<String, DaemonGroup> daemonGroups,
      Grants grants,
      Refusals refusals) {
    this.gateways = gateways;
    this.daemonGroups = daemonGroups;
    this.grants = grants;
    this.refusals = refusals;
    daemonGroups.values().stream()
        .map(DaemonGroup::getMetadata)
        .forEach(
            group ->
                groupNames
                    .computeIfAbsent(group.getNamespace(), _ -> new TreeSet<>())
                    .add(group.getName()));
  }

  /** The gateway that takes the alias; empty: it is refused. */
  Optional<GatewayTable> gateway(ScriptAlias alias) {
    String id = qualified(alias, alias.getSpec().gateway());
    GatewayTable gateway = gateways.get(id);
    if (gateway == null) {
      String message =
          "there is no WsgiGateway "
              + id
              + Suggestion.didYouMean(id, gateways.keySet())
              + " (declare it, or name one that there is: NAMESPACE/NAME if it is of another"
              + " namespace)";
      return refuse(alias, Reason.GatewayNotFound, "spec.gateway", "WsgiGateway " + id, message);
    }
    var choice = gateway.gateway().getSpec().aliases().namespaces();
    if (!grants.admits(choice, gateway.gateway(), namespace(alias))) {
      String message = grants.refusal(choice, gateway.gateway(), namespace(alias));
      return refuse(
          alias, Reason.NamespaceNotAccepted, "spec.gateway", "WsgiGateway " + id, message);
    }
    return Optional.of(gateway);
  }

  /** Where the alias runs; empty: it is refused. */
  Optional<ProcessGroup> processGroup(ScriptAlias alias, GatewayTable gateway) {
    String reference = alias.getSpec().processGroup();
    return reference == null || reference.equals("%{GLOBAL}")
        ? embedded(alias, gateway)
        : daemon(alias, reference);
  }

  private Optional<ProcessGroup> daemon(ScriptAlias alias, String reference) {
    String id = qualified(alias, reference);
    DaemonGroup group = daemonGroups.get(id);
    if (group == null) {
      return refuse(
          alias,
          Reason.ProcessGroupNotFound,
          "spec.processGroup",
          "DaemonGroup " + id,
          "there is no DaemonGroup "
              + id
              + Suggestion.didYouMean(
                  reference, groupNames.getOrDefault(namespace(alias), new TreeSet<>()))
              + " (declare it, or leave processGroup out to run the alias in the gateway)");
    }
    var choice = group.getSpec().aliases().namespaces();
    if (!grants.admits(choice, group, namespace(alias))) {
      String message = grants.refusal(choice, group, namespace(alias));
      return refuse(
          alias, Reason.ProcessGroupNotAllowed, "spec.processGroup", "DaemonGroup " + id, message);
    }
    if (group.getSpec().threads() == 0) {
      return refuse(
          alias,
          Reason.ProcessGroupServesNone,
          "spec.processGroup",
          "DaemonGroup " + id,
          "DaemonGroup "
              + id
              + " has threads: 0, so it serves no requests and only runs what it preloads; name"
              + " another group here, or have its owner write 1 or more threads");
    }
    return Optional.of(new ProcessGroup.Daemon(id));
  }

  private Optional<ProcessGroup> embedded(ScriptAlias alias, GatewayTable gateway) {
    var embedded = gateway.gateway().getSpec().embedded();
    String who = "WsgiGateway " + gateway.id();
    if (!embedded.enabled()) {
      return refuse(
          alias,
          Reason.EmbeddedNotEnabled,
          "spec.processGroup",
          who,
          who
              + " does not run applications in its own process; name a DaemonGroup here, or set"
              + " spec.embedded.enabled of the gateway to true");
    }
    boolean own = namespace(alias).equals(gateway.namespace());
    if (embedded.allowedNamespaces() != Namespaces.All && !own) {
      return refuse(
          alias,
          Reason.EmbeddedNotAllowed,
          "spec.processGroup",
          who,
          who
              + " runs aliases of its own namespace alone in its process; name a DaemonGroup here,"
              + " or have its owner set spec.embedded.allowedNamespaces to All");
    }
    return Optional.of(new ProcessGroup.Embedded());
  }

  private static String qualified(ScriptAlias alias, String reference) {
    return reference.contains("/") ? reference : namespace(alias) + "/" + reference;
  }

  private static String namespace(ScriptAlias alias) {
    return alias.getMetadata().getNamespace();
  }

  private <T> Optional<T> refuse(
      ScriptAlias alias, Reason reason, String field, String about, String message) {
    refusals.add(alias, reason, field, about, message);
    return Optional.empty();
  }
}
