package dev.kubewsgi.operator.apply;

import dev.kubewsgi.operator.Names;
import dev.kubewsgi.operator.ResourceVersion;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The API server with a watch on each kind of children, selected by our labels: what is looked up
 * costs no request, and what was written is seen at once.
 */
public final class WatchedCluster<P extends HasMetadata> implements Cluster {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Names.MANAGER)
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final Map<Class<?>, InformerEventSource<? extends HasMetadata, P>> watches =
      new LinkedHashMap<>();

  /**
   * With the watches for a controller to register.
   *
   * @param owner the kind that owns them
   * @param component the value of their label {@link Names#COMPONENT}
   * @param kinds those that are watched; others are read one by one
   */
  public WatchedCluster(
      EventSourceContext<P> context,
      Class<P> owner,
      String component,
      List<Class<? extends HasMetadata>> kinds) {
    this.client = context.getClient();
    kinds.forEach(kind -> watches.put(kind, watch(context, owner, component, kind)));
  }

  private static <P extends HasMetadata, T extends HasMetadata> InformerEventSource<T, P> watch(
      EventSourceContext<P> context, Class<P> owner, String component, Class<T> kind) {
    OnUpdateFilter<T> notReports = (after, before) -> !isReport(after);
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind, owner)
            .withName(kind.getSimpleName())
            .withLabelSelector(
                Names.selector(Map.of(Names.MANAGED_BY, Names.MANAGER, Names.COMPONENT, component)))
            .withSecondaryToPrimaryMapper(WatchedCluster::owner)
            .withNamespacesInheritedFromController()
            .withOnUpdateFilter(notReports)
            .build(),
        context);
  }

  /** Who looks after it: its controller, or of something that many own, the first of them. */
  private static Set<ResourceID> owner(HasMetadata child) {
    return child.getMetadata().getOwnerReferences().stream()
        .max(Comparator.comparing(reference -> Boolean.TRUE.equals(reference.getController())))
        .map(reference -> new ResourceID(reference.getName(), child.getMetadata().getNamespace()))
        .map(Set::of)
        .orElse(Set.of());
  }

  /** Pods write there once a second and never what a reconcile looks at. */
  private static boolean isReport(HasMetadata object) {
    String instance = object.getMetadata().getLabels().get(Names.INSTANCE);
    return instance != null && object.getMetadata().getName().equals(Names.gatewayStatus(instance));
  }

  /** For the controller to start. */
  public Collection<? extends EventSource<?, P>> eventSources() {
    return watches.values();
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends HasMetadata> Optional<T> find(T like) {
    InformerEventSource<T, P> watch = (InformerEventSource<T, P>) watches.get(like.getClass());
    return watch == null ? read(like) : watch.get(ResourceID.fromResource(like));
  }

  @Override
  public <T extends HasMetadata> Optional<T> read(T like) {
    return Optional.ofNullable(client.resource(like).get());
  }

  @Override
  public Stream<HasMetadata> childrenOf(HasMetadata owner) {
    String namespace = owner.getMetadata().getNamespace();
    return watches.values().stream()
        .flatMap(watch -> watch.list(namespace, child -> true))
        .map(HasMetadata.class::cast)
        .filter(child -> isControlledBy(child, owner));
  }

  /** Asked of each child of everybody at each reconcile. */
  private static boolean isControlledBy(HasMetadata child, HasMetadata owner) {
    String uid = owner.getMetadata().getUid();
    for (OwnerReference reference : child.getMetadata().getOwnerReferences()) {
      if (reference.getUid().equals(uid) && Boolean.TRUE.equals(reference.getController())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void apply(HasMetadata desired) {
    remember(client.resource(desired).patch(APPLY));
  }

  /**
   * Until the watch has it. What the watch has already may be newer: an edit can be seen before the
   * answer to a write that it came after.
   */
  @SuppressWarnings("unchecked")
  private <T extends HasMetadata> void remember(T applied) {
    InformerEventSource<T, P> watch = (InformerEventSource<T, P>) watches.get(applied.getClass());
    if (watch != null) {
      ResourceID id = ResourceID.fromResource(applied);
      watch
          .get(id)
          .ifPresentOrElse(
              known -> {
                if (ResourceVersion.of(known) < ResourceVersion.of(applied)) {
                  watch.handleRecentResourceUpdate(id, applied, known);
                }
              },
              () -> watch.handleRecentResourceCreate(id, applied));
    }
  }

  @Override
  public void delete(HasMetadata existing) {
    client
        .resource(existing)
        .lockResourceVersion(existing.getMetadata().getResourceVersion())
        .delete();
  }
}
