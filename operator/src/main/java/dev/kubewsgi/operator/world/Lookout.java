package dev.kubewsgi.operator.world;

import static java.util.stream.Collectors.toSet;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.NamespaceChoice;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.routes.RouteCompiler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Everything that is watched to know the world. Only reads. But for its calls back, for one thread.
 */
final class Lookout implements AutoCloseable {

  /** Of what may not be looked at. */
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final Runnable declared;
  private final Watched<WsgiGateway> gateways;
  private final Watched<DaemonGroup> groups;
  private final Watched<ScriptAlias> aliases;
  private final Watched<Pod> pods;
  private final Named<ConfigMap> sources;
  private final Named<ConfigMap> statuses;
  private final Named<PersistentVolumeClaim> volumes;
  private final NamespaceLabels namespaces;
  private final Illegible illegibleGateways = new Illegible();
  private final Illegible illegibleGroups = new Illegible();
  private final Illegible illegibleAliases = new Illegible();

  /**
   * Not started yet.
   *
   * @param declared called when a compilation would come to something else
   * @param observed called when pods or their reports changed
   */
  Lookout(KubernetesClient client, OperatorConfig config, Runnable declared, Runnable observed) {
    this.client = client;
    this.config = config;
    this.declared = declared;
    this.gateways = declarations(WsgiGateway.class);
    this.groups = declarations(DaemonGroup.class);
    this.aliases = declarations(ScriptAlias.class);
    this.pods =
        new Watched<>(
            informers(client.pods(), scope -> scope.withLabel(Names.MANAGED_BY, Names.MANAGER)),
            (before, after) -> !before.equals(after),
            observed);
    var forbidden = new Forbidden(BETWEEN_ATTEMPTS, declared);
    this.sources = Named.configMaps(client, declared, forbidden);
    this.statuses = Named.configMaps(client, observed, forbidden);
    this.volumes = Named.volumes(client, declared, forbidden);
    this.namespaces = new NamespaceLabels(client, declared, forbidden);
  }

  private <T extends HasMetadata> Watched<T> declarations(Class<T> kind) {
    return new Watched<>(
        informers(client.resources(kind), scope -> scope),
        (before, after) -> !Version.of(before).equals(Version.of(after)),
        declared);
  }

  private <T extends HasMetadata, L extends KubernetesResourceList<T>>
      List<SharedIndexInformer<T>> informers(
          MixedOperation<T, L, ? extends Resource<T>> kind,
          Function<
                  FilterWatchListDeletable<T, L, ? extends Resource<T>>,
                  FilterWatchListDeletable<T, L, ? extends Resource<T>>>
              selection) {
    Stream<FilterWatchListDeletable<T, L, ? extends Resource<T>>> scopes =
        config.clusterWide()
            ? Stream.of(kind.inAnyNamespace())
            : config.namespaces().stream().map(kind::inNamespace);
    return scopes
        .map(scope -> selection.apply(scope).runnableInformer(0).itemStore(new LeanStore<>()))
        .toList();
  }

  /** Returns when everything has been seen once. */
  void start() {
    CompletableFuture.allOf(gateways.start(), groups.start(), aliases.start(), pods.start()).join();
  }

  /** What there is to compile, with whatever its parts name looked at. */
  Inputs inputs() {
    List<WsgiGateway> allGateways = illegibleGateways.leaveOut(gateways.list());
    List<DaemonGroup> allGroups = illegibleGroups.leaveOut(groups.list());
    List<ScriptAlias> allAliases = illegibleAliases.leaveOut(aliases.list());
    followNamespaces(allGateways, allGroups);
    sources.follow(
        allAliases.stream().map(Lookout::source).flatMap(Optional::stream).collect(toSet()));
    volumes.follow(
        allAliases.stream().map(Lookout::volume).flatMap(Optional::stream).collect(toSet()));
    statuses.follow(allGateways.stream().map(Lookout::status).collect(toSet()));
    return new Inputs(
        allGateways, allGroups, allAliases, namespaces.all(), texts(), volumes.missing());
  }

  private void followNamespaces(List<WsgiGateway> allGateways, List<DaemonGroup> allGroups) {
    boolean needed =
        Stream.concat(
                allGateways.stream().map(each -> each.getSpec().aliases().namespaces()),
                allGroups.stream().map(each -> each.getSpec().aliases().namespaces()))
            .anyMatch(choice -> choice.from() == NamespaceChoice.From.Selector);
    if (needed && config.clusterWide()) {
      namespaces.follow();
    }
  }

  private static Optional<String> source(ScriptAlias alias) {
    return Optional.ofNullable(alias.getSpec().source())
        .flatMap(source -> Optional.ofNullable(source.configMap()))
        .map(configMap -> alias.getMetadata().getNamespace() + "/" + configMap.name());
  }

  private static Optional<String> volume(ScriptAlias alias) {
    return Optional.ofNullable(alias.getSpec().source())
        .flatMap(source -> Optional.ofNullable(source.persistentVolumeClaim()))
        .map(volume -> alias.getMetadata().getNamespace() + "/" + volume.claimName());
  }

  private static String status(WsgiGateway gateway) {
    return gateway.getMetadata().getNamespace()
        + "/"
        + Names.gatewayStatus(gateway.getMetadata().getName());
  }

  private Map<String, Map<String, String>> texts() {
    Map<String, Map<String, String>> texts = new HashMap<>();
    sources
        .all()
        .forEach(
            (id, found) -> texts.put(id, Objects.requireNonNullElse(found.getData(), Map.of())));
    return texts;
  }

  Observations observations() {
    Map<String, ConfigMap> all = statuses.all();
    Map<String, ConfigMap> byGateway = new HashMap<>();
    for (WsgiGateway gateway : gateways.list()) {
      ConfigMap found = all.get(status(gateway));
      if (found != null) {
        byGateway.put(RouteCompiler.id(gateway), found);
      }
    }
    return Observations.of(pods.list(), byGateway);
  }

  @Override
  public void close() {
    Stream.of(gateways, groups, aliases, pods).forEach(Watched::close);
    namespaces.close();
    sources.close();
    statuses.close();
    volumes.close();
  }
}
