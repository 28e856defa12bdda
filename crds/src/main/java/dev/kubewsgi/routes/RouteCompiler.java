package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compiles declared objects to route tables and group documents; docs/route-table.md describes both
 * the rules and the result. It reads nothing but its arguments: equal arguments give equal results.
 */
public final class RouteCompiler {

  /** The older before the younger; those without an age, as on one machine, as they were given. */
  private static final Comparator<Aged> AGE =
      Comparator.comparing(Aged::created).thenComparing(Aged::order).thenComparing(Aged::id);

  private final Surroundings surroundings;
  private final Refusals refusals;
  private final Map<String, GatewayTable> tables = new LinkedHashMap<>();
  private final Map<String, DaemonGroup> daemonGroups = new LinkedHashMap<>();
  private final Map<String, DaemonGroupSettings> settings = new LinkedHashMap<>();
  private final Map<ProcessGroup, Preloads> preloads = new HashMap<>();
  private final Map<String, Candidate> candidates = new LinkedHashMap<>();
  private final Interpreters interpreters;

  private RouteCompiler(Declarations declared, Surroundings surroundings) {
    this.surroundings = surroundings;
    this.refusals =
        new Refusals(
            Stream.concat(declared.gateways().stream(), declared.aliases().stream()).toList());
    this.interpreters =
        new Interpreters(refusals, place -> preloads.getOrDefault(place, Preloads.NONE));
  }

  /** Never fails: what cannot be served is a {@link Refusal}, and the rest is in the tables. */
  public static Compiled compile(Declarations declared, Surroundings surroundings) {
    return new RouteCompiler(declared, surroundings).compile(declared);
  }

  /** {@code namespace/name}, as ids in a route table are. */
  public static String id(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  private Compiled compile(Declarations declared) {
    declared.daemonGroups().forEach(this::declare);
    Listeners listeners = new Listeners(surroundings, refusals);
    for (WsgiGateway gateway : declared.gateways()) {
      var gatewaySettings = Settings.gateway(gateway, listeners.of(gateway));
      tables.put(id(gateway), new GatewayTable(gateway, gatewaySettings));
    }
    admit(byAge(declared.aliases()));
    return new Compiled(
        tables.values().stream().map(this::table).toList(),
        settings.values().stream().map(this::document).toList(),
        declared.aliases().stream().flatMap(alias -> attachment(alias).stream()).toList(),
        refusals.inOrder());
  }

  private void declare(DaemonGroup group) {
    daemonGroups.put(id(group), group);
    settings.put(id(group), Settings.daemonGroup(group, surroundings));
    preloads.put(new ProcessGroup.Daemon(id(group)), Preloads.of(group, surroundings));
  }

  private record Aged(ScriptAlias alias, String created, int order, String id) {}

  /** An API server writes all times in one form, in UTC: their order is that of their texts. */
  private static List<ScriptAlias> byAge(List<ScriptAlias> aliases) {
    return IntStream.range(0, aliases.size())
        .mapToObj(i -> aged(aliases.get(i), i))
        .sorted(AGE)
        .map(Aged::alias)
        .toList();
  }

  private static Aged aged(ScriptAlias alias, int index) {
    String created = alias.getMetadata().getCreationTimestamp();
    return created == null
        ? new Aged(alias, "", index, id(alias))
        : new Aged(alias, created, 0, id(alias));
  }

  private void admit(List<ScriptAlias> aliases) {
    Placement placement = new Placement(tables, daemonGroups, new Grants(surroundings), refusals);
    Sources sources = new Sources(surroundings, refusals);
    Claims claims = new Claims(surroundings, interpreters, refusals);
    for (ScriptAlias alias : aliases) {
      candidate(alias, placement, sources)
          .ifPresent(
              candidate -> {
                candidates.put(candidate.id(), candidate);
                claims.enter(candidate);
              });
    }
    claims.settle();
  }

  /** In the order of the questions that a user would ask: which gateway, where to run, what. */
  private Optional<Candidate> candidate(ScriptAlias alias, Placement placement, Sources sources) {
    return placement
        .gateway(alias)
        .flatMap(
            table ->
                placement
                    .processGroup(alias, table)
                    .flatMap(
                        place ->
                            sources
                                .of(alias, namespace(place, table))
                                .map(code -> candidate(alias, table, place, code))));
  }

  private static String namespace(ProcessGroup place, GatewayTable table) {
    return switch (place) {
      case ProcessGroup.Embedded() -> table.namespace();
      case ProcessGroup.Daemon(String id) -> id.substring(0, id.indexOf('/'));
    };
  }

  private Candidate candidate(
      ScriptAlias alias, GatewayTable table, ProcessGroup place, Code code) {
    PythonSettings python =
        switch (place) {
          case ProcessGroup.Embedded() -> new PythonSettings(Optional.empty(), List.of());
          case ProcessGroup.Daemon(String id) ->
              Settings.python(daemonGroups.get(id), surroundings);
        };
    var member = ApplicationGroups.of(alias, place, code, python);
    return new Candidate(alias, candidates.size(), table, member, code);
  }

  private RouteTable table(GatewayTable table) {
    return table.build(id -> interpreters.of(table, id), settings::get);
  }

  private GroupDocument document(DaemonGroupSettings group) {
    ProcessGroup.Daemon place = new ProcessGroup.Daemon(group.id());
    return new GroupDocument(
        group, group.isService() ? List.of(service(place)) : interpreters.of(place));
  }

  /** What runs in a group without threads, under an id that no alias can have. */
  private ApplicationGroup service(ProcessGroup.Daemon place) {
    PythonSettings python = Settings.python(daemonGroups.get(place.id()), surroundings);
    Preloads preloaded = preloads.get(place);
    return new ApplicationGroup(
        place.id() + "|%{SERVICE}",
        place,
        "",
        Revisions.of(List.of(python, preloaded)),
        List.of(),
        python,
        Map.of(),
        Map.of(),
        preloaded.entries());
  }

  private Optional<Attachment> attachment(ScriptAlias alias) {
    return Optional.ofNullable(candidates.get(id(alias)))
        .filter(candidate -> candidate.standing() == Candidate.Standing.IN)
        .map(RouteCompiler::attachment);
  }

  private static Attachment attachment(Candidate candidate) {
    return new Attachment(
        candidate.id(),
        candidate.table().id(),
        candidate.member().processGroup() instanceof ProcessGroup.Daemon(String group)
            ? Optional.of(group)
            : Optional.empty(),
        candidate.member().id(),
        candidate.admittedHosts(),
        candidate.alias().getSpec().path());
  }
}
