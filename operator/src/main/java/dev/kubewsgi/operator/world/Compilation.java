package dev.kubewsgi.operator.world;

import static java.util.stream.Collectors.groupingBy;

import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.pods.PodSource;
import dev.kubewsgi.routes.ApplicationGroup;
import dev.kubewsgi.routes.Attachment;
import dev.kubewsgi.routes.Compiled;
import dev.kubewsgi.routes.Declarations;
import dev.kubewsgi.routes.GroupDocument;
import dev.kubewsgi.routes.Refusal;
import dev.kubewsgi.routes.Route;
import dev.kubewsgi.routes.RouteCompiler;
import dev.kubewsgi.routes.RouteTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything compiled as one, and taken apart into what each object has to know. By {@code
 * namespace/name}.
 *
 * @param admissions that hold from now on
 */
record Compilation(
    Map<String, GatewayPart> gateways,
    Map<String, GroupPart> groups,
    Map<String, AliasPart> aliases,
    Admissions admissions) {

  /** Of nothing. */
  static Compilation empty() {
    return new Compilation(Map.of(), Map.of(), Map.of(), Admissions.none());
  }

  /**
   * Compiles; it reads nothing but its arguments.
   *
   * @param before the admissions after the last compilation
   * @param now when claims that are new are admitted
   */
  static Compilation of(Inputs inputs, Admissions before, Instant now) {
    Admissions known = before.seeing(inputs.aliases());
    Compiled compiled =
        RouteCompiler.compile(
            new Declarations(inputs.gateways(), inputs.groups(), inputs.aliases()),
            new ClusterSurroundings(inputs, known));
    Admissions admissions =
        known.after(inputs.aliases(), compiled.attachments(), now.truncatedTo(ChronoUnit.MILLIS));
    return new Parts(inputs, compiled, admissions).compilation();
  }

  /** Takes what was compiled apart. */
  private static final class Parts {

    private final Inputs inputs;
    private final Admissions admissions;
    private final Map<String, RouteTable> tables = new HashMap<>();
    private final Map<String, GroupDocument> documents = new HashMap<>();
    private final Map<String, Attachment> attachments = new HashMap<>();
    private final Map<String, List<Refusal>> refusals;
    private final Map<String, List<Route>> routes;
    private final Map<String, Map<String, ApplicationGroup>> applicationGroups = new HashMap<>();
    private final Map<String, List<Attachment>> ofGateway;
    private final Map<String, List<Attachment>> ofGroup;
    private final Map<String, PodSource> sources = new HashMap<>();

    Parts(Inputs inputs, Compiled compiled, Admissions admissions) {
      this.inputs = inputs;
      this.admissions = admissions;
      compiled.tables().forEach(table -> tables.put(table.gateway().id(), table));
      compiled.groups().forEach(each -> documents.put(each.settings().id(), each));
      compiled.attachments().forEach(each -> attachments.put(each.alias(), each));
      refusals = compiled.refusals().stream().collect(groupingBy(Parts::object));
      routes = tables.values().stream().flatMap(Parts::routes).collect(groupingBy(Route::alias));
      tables.forEach((id, table) -> applicationGroups.put(id, byId(table)));
      ofGateway = compiled.attachments().stream().collect(groupingBy(Attachment::gateway));
      ofGroup =
          compiled.attachments().stream()
              .filter(each -> each.daemonGroup().isPresent())
              .collect(groupingBy(each -> each.daemonGroup().orElseThrow()));
      inputs.aliases().forEach(this::noteSource);
    }

    private static String object(Refusal refusal) {
      return refusal.kind() + " " + refusal.namespace() + "/" + refusal.name();
    }

    private static Stream<Route> routes(RouteTable table) {
      return table.routes().stream();
    }

    private static Map<String, ApplicationGroup> byId(RouteTable table) {
      Map<String, ApplicationGroup> byId = new HashMap<>();
      table.applicationGroups().forEach(each -> byId.put(each.id(), each));
      return byId;
    }

    private void noteSource(ScriptAlias alias) {
      AliasSource source = alias.getSpec().source();
      if (source != null && source.inline() == null && source.configMap() == null) {
        String namespace = alias.getMetadata().getNamespace();
        String name = alias.getMetadata().getName();
        sources.put(RouteCompiler.id(alias), new PodSource(namespace, name, source));
      }
    }

    Compilation compilation() {
      Map<String, GatewayPart> gateways = new HashMap<>();
      Map<String, GroupPart> groups = new HashMap<>();
      Map<String, AliasPart> aliases = new HashMap<>();
      for (WsgiGateway each : inputs.gateways()) {
        String id = RouteCompiler.id(each);
        gateways.put(id, gateway(id, each));
      }
      for (DaemonGroup each : inputs.groups()) {
        String id = RouteCompiler.id(each);
        groups.put(id, group(id, each));
      }
      for (ScriptAlias each : inputs.aliases()) {
        String id = RouteCompiler.id(each);
        aliases.put(id, alias(id, each));
      }
      return new Compilation(
          Map.copyOf(gateways), Map.copyOf(groups), Map.copyOf(aliases), admissions);
    }

    private GatewayPart gateway(String id, WsgiGateway gateway) {
      List<Attachment> attached = ofGateway.getOrDefault(id, List.of());
      return new GatewayPart(
          Version.of(gateway),
          gateway.getSpec().replicas(),
          tables.get(id),
          sources(attached.stream().filter(each -> each.daemonGroup().isEmpty())),
          attached.size());
    }

    private GroupPart group(String id, DaemonGroup group) {
      List<Attachment> attached = ofGroup.getOrDefault(id, List.of());
      var gateways = new TreeSet<String>();
      attached.forEach(each -> gateways.add(each.gateway()));
      return new GroupPart(
          Version.of(group),
          documents.get(id),
          gateways,
          sources(attached.stream()),
          attached.size());
    }

    private List<PodSource> sources(Stream<Attachment> attached) {
      return attached
          .map(Attachment::alias)
          .filter(sources::containsKey)
          .map(sources::get)
          .sorted()
          .toList();
    }

    private AliasPart alias(String id, ScriptAlias alias) {
      return new AliasPart(
          Version.of(alias),
          Optional.ofNullable(attachments.get(id)).map(this::place),
          refusals.getOrDefault(alias.getKind() + " " + id, List.of()),
          admissions.claims(id));
    }

    private AliasPart.Place place(Attachment attachment) {
      return new AliasPart.Place(
          attachment,
          routes.get(attachment.alias()),
          applicationGroups.get(attachment.gateway()).get(attachment.applicationGroup()),
          Optional.ofNullable(sources.get(attachment.alias())));
    }
  }
}
