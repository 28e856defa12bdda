package dev.kubewsgi.operator.world;

import static java.util.stream.Collectors.toSet;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.reports.GatewayReport;
import dev.kubewsgi.reports.GatewayReport.ApplicationReport;
import dev.kubewsgi.reports.GatewayReport.State;
import dev.kubewsgi.routes.ApplicationGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The world at a moment: every object's view of it, by {@code namespace/name}.
 *
 * @param compilation that the views are about
 */
record Snapshot(
    Compilation compilation,
    Map<String, GatewayView> gateways,
    Map<String, GroupView> groups,
    Map<String, AliasView> aliases) {

  /** Of a world where nothing is. */
  static Snapshot empty() {
    return new Snapshot(Compilation.empty(), Map.of(), Map.of(), Map.of());
  }

  /**
   * Puts together what is wanted and what was seen.
   *
   * @param differences of the definitions
   * @param tables what was written for gateways, by their uids: another of the same name has none
   * @param documents what was written for groups, by their uids
   */
  static Snapshot of(
      Compilation compilation,
      Observations observed,
      Differences differences,
      Map<String, Delivery> tables,
      Map<String, Delivery> documents) {
    Optional<String> gatewayDifference = differences.of(WsgiGateway.class);
    Optional<String> groupDifference = differences.of(DaemonGroup.class);
    Optional<String> aliasDifference = differences.of(ScriptAlias.class);
    Map<String, GatewayView> gateways = new HashMap<>();
    Map<String, GroupView> groups = new HashMap<>();
    compilation
        .gateways()
        .forEach(
            (id, part) ->
                gateways.put(
                    id,
                    GatewayView.of(
                        part,
                        observed.gatewayFault(id),
                        observed.listeners(id),
                        gatewayDifference)));
    compilation
        .groups()
        .forEach(
            (id, part) ->
                groups.put(id, new GroupView(part, observed.groupFault(id), groupDifference)));
    Map<String, AliasView> aliases = new HashMap<>();
    compilation
        .aliases()
        .forEach(
            (id, part) ->
                aliases.put(
                    id,
                    new AliasView(
                        part,
                        programming(part, compilation, tables, documents),
                        service(part, gateways, groups, observed),
                        aliasDifference)));
    return new Snapshot(compilation, Map.copyOf(gateways), Map.copyOf(groups), Map.copyOf(aliases));
  }

  private static Programming programming(
      AliasPart part,
      Compilation compilation,
      Map<String, Delivery> tables,
      Map<String, Delivery> documents) {
    if (part.place().isEmpty()) {
      return new Programming.NotAttached();
    }
    AliasPart.Place place = part.place().get();
    ApplicationGroup code = place.applicationGroup();
    String gateway = place.attachment().gateway();
    Delivery table = tables.get(compilation.gateways().get(gateway).version().uid());
    if (table == null || !table.has(place.routes(), code)) {
      return onItsWay("WsgiGateway " + gateway, table);
    }
    return place
        .attachment()
        .daemonGroup()
        .map(group -> inGroup(group, code, compilation.groups().get(group), documents))
        .orElseGet(Programming.Written::new);
  }

  private static Programming inGroup(
      String group, ApplicationGroup code, GroupPart part, Map<String, Delivery> documents) {
    Delivery document = documents.get(part.version().uid());
    return document != null && document.has(code)
        ? new Programming.Written()
        : onItsWay("DaemonGroup " + group, document);
  }

  private static Programming onItsWay(String whose, Delivery standing) {
    return Optional.ofNullable(standing)
        .flatMap(Delivery::failure)
        .<Programming>map(why -> new Programming.Failed(whose, why))
        .orElseGet(Programming.Pending::new);
  }

  private static Service service(
      AliasPart part,
      Map<String, GatewayView> gateways,
      Map<String, GroupView> groups,
      Observations observed) {
    if (part.place().isEmpty()) {
      return new Service.NoPods(false, Optional.empty());
    }
    AliasPart.Place place = part.place().get();
    GatewayView gateway = gateways.get(place.attachment().gateway());
    List<GatewayReport> pods = observed.reportsOf(place.attachment().gateway());
    if (pods.isEmpty()) {
      return new Service.NoPods(gateway.part().replicas() > 0, gateway.fault());
    }
    List<ApplicationReport> reports =
        pods.stream().map(report -> report(report, place.applicationGroup())).toList();
    boolean older =
        reports.stream().allMatch(each -> each.older() || each.state() == State.Serving);
    boolean behind = observed.areBehind(place);
    Optional<String> started = behind ? observed.startedWithNewest(place) : Optional.empty();
    Optional<ApplicationReport> failed =
        reports.stream().filter(each -> each.state() == State.Failed).findFirst();
    // Pods that are behind report on the files that they have, whatever revision they were told.
    if (failed.isPresent() && (!behind || started.isPresent())) {
      return new Service.Failed(failed.get().trouble(), older);
    }
    if (!behind && reports.stream().allMatch(each -> each.state() == State.Serving)) {
      return new Service.Serving();
    }
    Optional<String> awaited = behind ? Optional.of(newPods(place, started)) : Optional.empty();
    return place
        .attachment()
        .daemonGroup()
        .map(group -> held(Service.Whose.GROUP, groups.get(group).fault(), older))
        .orElseGet(() -> held(Service.Whose.GATEWAY, gateway.fault().filter(_ -> behind), older))
        .orElseGet(() -> new Service.Starting(awaited, older));
  }

  private static String newPods(AliasPart.Place place, Optional<String> started) {
    String owner =
        place
            .attachment()
            .daemonGroup()
            .map(group -> "DaemonGroup " + group)
            .orElseGet(() -> "WsgiGateway " + place.attachment().gateway());
    return "its newest files come with new pods of "
        + owner
        + ", whose conditions say how far they are"
        + started.map(pod -> ", and kubectl logs -n " + pod + " what its code says").orElse("");
  }

  private static Optional<Service> held(
      Service.Whose whose, Optional<PodFault> fault, boolean older) {
    return fault.map(found -> new Service.Held(whose, found, older));
  }

  /** A pod that still has another revision is to get this one yet. */
  private static ApplicationReport report(GatewayReport report, ApplicationGroup code) {
    ApplicationReport known = report.applicationGroups().get(code.id());
    if (known == null) {
      return report.truncated()
          ? ApplicationReport.serving(code.revision())
          : ApplicationReport.starting(code.revision(), false);
    }
    return known.revision().equals(code.revision())
        ? known
        : ApplicationReport.starting(
            code.revision(), known.older() || known.state() == State.Serving);
  }

  Set<String> gatewayUids() {
    return uids(gateways.values().stream().map(view -> view.part().version()));
  }

  Set<String> groupUids() {
    return uids(groups.values().stream().map(view -> view.part().version()));
  }

  private static Set<String> uids(Stream<Version> versions) {
    return versions.map(Version::uid).collect(toSet());
  }

  /** The objects whose view differs from that of an earlier moment. */
  static Stream<String> changes(Map<String, ?> now, Map<String, ?> before) {
    return now.entrySet().stream()
        .filter(view -> !Objects.equals(view.getValue(), before.get(view.getKey())))
        .map(Map.Entry::getKey);
  }
}
