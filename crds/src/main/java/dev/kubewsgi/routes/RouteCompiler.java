package dev.kubewsgi.routes;

import dev.kubewsgi.api.Suggestion;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec.Namespaces;
import dev.kubewsgi.routes.Refusal.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Compiles declared objects to route tables; docs/route-table.md describes both the rules and the
 * result. It reads nothing but its arguments: equal arguments give equal tables.
 */
public final class RouteCompiler {

  private final Surroundings surroundings;
  private final Map<String, TableBuilder> tables = new LinkedHashMap<>();
  private final Map<String, DaemonGroup> daemonGroups = new LinkedHashMap<>();
  private final List<Refusal> refusals = new ArrayList<>();

  private RouteCompiler(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Never fails: what cannot be served is a {@link Refusal}, and the rest is in the tables. */
  public static Compiled compile(Declarations declared, Surroundings surroundings) {
    var compiler = new RouteCompiler(surroundings);
    declared.daemonGroups().forEach(group -> compiler.daemonGroups.put(id(group), group));
    declared.gateways().forEach(compiler::openTable);
    declared.aliases().forEach(compiler::admit);
    return new Compiled(
        compiler.tables.values().stream().map(TableBuilder::build).toList(), compiler.refusals);
  }

  /** {@code namespace/name}, as ids in a route table are. */
  public static String id(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  private void openTable(WsgiGateway gateway) {
    List<GatewaySettings.Listener> listeners = new ArrayList<>();
    for (int i = 0; i < gateway.getSpec().listeners().size(); i++) {
      listener(gateway, i).ifPresent(listeners::add);
    }
    tables.put(
        id(gateway), new TableBuilder(gateway, Settings.gateway(gateway, listeners), surroundings));
  }

  private Optional<GatewaySettings.Listener> listener(WsgiGateway gateway, int index) {
    WsgiGatewaySpec.Listener listener = gateway.getSpec().listeners().get(index);
    if (listener.tls() == null) {
      return Optional.of(Settings.listener(listener, surroundings, Optional.empty()));
    }
    String namespace = gateway.getMetadata().getNamespace();
    String secret = listener.tls().secretName();
    var certificate = surroundings.certificate(namespace, secret);
    if (certificate.isEmpty()) {
      refuse(
          gateway,
          Reason.CertificateNotFound,
          "spec.listeners[" + index + "].tls.secretName",
          "Secret " + namespace + "/" + secret,
          "there is no usable Secret "
              + namespace
              + "/"
              + secret
              + " of type kubernetes.io/tls, so listener "
              + listener.name()
              + " is not opened; declare it with tls.crt and tls.key");
      return Optional.empty();
    }
    return Optional.of(Settings.listener(listener, surroundings, certificate));
  }

  /**
   * In the order of the questions that a user would ask: which gateway, which hosts, where to run.
   */
  private void admit(ScriptAlias alias) {
    Optional<TableBuilder> table = table(alias);
    if (table.isEmpty()) {
      return;
    }
    Optional<ProcessGroup> processGroup = processGroup(alias, table.get());
    if (processGroup.isEmpty()) {
      return;
    }
    var group = ApplicationGroups.of(alias, processGroup.get(), daemonGroup(alias));
    if (conflicts(alias, group, table.get())) {
      return;
    }
    List<String> hosts = hosts(alias, table.get());
    if (!hosts.isEmpty()) {
      table.get().add(alias, hosts, group, daemonGroup(alias));
    }
  }

  private Optional<TableBuilder> table(ScriptAlias alias) {
    String reference = alias.getSpec().gateway();
    String namespace = alias.getMetadata().getNamespace();
    String id = reference.contains("/") ? reference : namespace + "/" + reference;
    TableBuilder table = tables.get(id);
    if (table == null) {
      refuse(
          alias,
          Reason.GatewayNotFound,
          "spec.gateway",
          "WsgiGateway " + id,
          "there is no WsgiGateway " + id + Suggestion.didYouMean(id, tables.keySet()));
      return Optional.empty();
    }
    var from = table.gateway().getSpec().aliases().namespaces().from();
    if (from == NamespaceChoice.From.Same && !sameNamespace(alias, table)) {
      refuse(
          alias,
          Reason.NamespaceNotAccepted,
          "spec.gateway",
          "WsgiGateway " + id,
          "WsgiGateway "
              + id
              + " takes aliases of its own namespace alone; to take those of "
              + namespace
              + ", its owner sets spec.aliases.namespaces.from to All");
      return Optional.empty();
    }
    return Optional.of(table);
  }

  private static boolean sameNamespace(ScriptAlias alias, TableBuilder table) {
    return alias.getMetadata().getNamespace().equals(table.gateway().getMetadata().getNamespace());
  }

  private Optional<ProcessGroup> processGroup(ScriptAlias alias, TableBuilder table) {
    if (isEmbedded(alias)) {
      return embedded(alias, table);
    }
    String id = daemonGroupId(alias);
    if (!daemonGroups.containsKey(id)) {
      refuse(
          alias,
          Reason.ProcessGroupNotFound,
          "spec.processGroup",
          "DaemonGroup " + id,
          "there is no DaemonGroup "
              + id
              + Suggestion.didYouMean(alias.getSpec().processGroup(), groupsBeside(alias))
              + " (declare it, or leave processGroup out to run the alias in the gateway)");
      return Optional.empty();
    }
    return Optional.of(new ProcessGroup.Daemon(id));
  }

  private Optional<ProcessGroup> embedded(ScriptAlias alias, TableBuilder table) {
    var embedded = table.gateway().getSpec().embedded();
    String gateway = id(table.gateway());
    if (!embedded.enabled()) {
      refuse(
          alias,
          Reason.EmbeddedNotEnabled,
          "spec.processGroup",
          "WsgiGateway " + gateway,
          "WsgiGateway "
              + gateway
              + " does not run applications in its own process; name a DaemonGroup here, or set"
              + " spec.embedded.enabled of the gateway to true");
      return Optional.empty();
    }
    if (embedded.allowedNamespaces() == Namespaces.Same && !sameNamespace(alias, table)) {
      refuse(
          alias,
          Reason.EmbeddedNotAllowed,
          "spec.processGroup",
          "WsgiGateway " + gateway,
          "WsgiGateway "
              + gateway
              + " runs aliases of its own namespace alone in its process; name a DaemonGroup here,"
              + " or have its owner set spec.embedded.allowedNamespaces to All");
      return Optional.empty();
    }
    return Optional.of(new ProcessGroup.Embedded());
  }

  private static boolean isEmbedded(ScriptAlias alias) {
    String processGroup = alias.getSpec().processGroup();
    return processGroup == null || processGroup.equals("%{GLOBAL}");
  }

  private static String daemonGroupId(ScriptAlias alias) {
    return alias.getMetadata().getNamespace() + "/" + alias.getSpec().processGroup();
  }

  private Optional<DaemonGroup> daemonGroup(ScriptAlias alias) {
    return isEmbedded(alias)
        ? Optional.empty()
        : Optional.of(daemonGroups.get(daemonGroupId(alias)));
  }

  private Set<String> groupsBeside(ScriptAlias alias) {
    Set<String> names = new TreeSet<>();
    for (DaemonGroup group : daemonGroups.values()) {
      if (group.getMetadata().getNamespace().equals(alias.getMetadata().getNamespace())) {
        names.add(group.getMetadata().getName());
      }
    }
    return names;
  }

  private boolean conflicts(
      ScriptAlias alias, ApplicationGroups.Member member, TableBuilder table) {
    Optional<String> other = table.otherEnvironment(member);
    other.ifPresent(
        first ->
            refuse(
                alias,
                Reason.ApplicationGroupConflict,
                "spec.applicationGroup",
                "ScriptAlias " + first,
                "ScriptAlias "
                    + first
                    + " runs in application group "
                    + alias.getSpec().applicationGroup()
                    + " with another python or env, and an interpreter has one of each; write the"
                    + " same in both, or give this alias another applicationGroup"));
    return other.isPresent();
  }

  /** The hosts that the gateway accepts and nobody has claimed with this path. */
  private List<String> hosts(ScriptAlias alias, TableBuilder table) {
    List<String> hosts = alias.getSpec().hosts();
    if (hosts == null) {
      return host(alias, "*", "spec.hosts", table) ? List.of("*") : List.of();
    }
    return IntStream.range(0, hosts.size())
        .filter(i -> host(alias, hosts.get(i), "spec.hosts[" + i + "]", table))
        .mapToObj(hosts::get)
        .toList();
  }

  private boolean host(ScriptAlias alias, String host, String field, TableBuilder table) {
    List<String> accepted = table.gateway().getSpec().aliases().hostnames();
    if (accepted != null && accepted.stream().noneMatch(name -> covers(name, host))) {
      refuse(
          alias,
          Reason.HostNotAccepted,
          field,
          "WsgiGateway " + id(table.gateway()),
          "WsgiGateway "
              + id(table.gateway())
              + " takes aliases for "
              + String.join(", ", accepted)
              + " alone"
              + (host.equals("*") ? "; list the hosts of this alias" : ", not for " + host));
      return false;
    }
    Optional<String> winner = table.claimant(host, alias.getSpec().path());
    winner.ifPresent(
        first ->
            refuse(
                alias,
                Reason.AlreadyClaimed,
                host.equals("*") ? "spec.path" : field,
                "ScriptAlias " + first,
                (host.equals("*") ? "path " : "http://" + host)
                    + alias.getSpec().path()
                    + " is already served by ScriptAlias "
                    + first
                    + ", which came first; write another path or host"));
    return winner.isEmpty();
  }

  /** Whether a gateway's host name takes an alias's. */
  private static boolean covers(String accepted, String host) {
    return accepted.equals(host)
        || (accepted.startsWith("*.") && host.endsWith(accepted.substring(1)));
  }

  private void refuse(
      HasMetadata object, Reason reason, String field, String about, String message) {
    refusals.add(
        new Refusal(
            reason,
            object.getKind(),
            object.getMetadata().getNamespace(),
            object.getMetadata().getName(),
            field,
            about,
            message));
  }
}
