package dev.kubewsgi.operator.world;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.operator.OperatorConfig;
import dev.kubewsgi.operator.measure.Measurements;
import dev.kubewsgi.routes.RouteCompiler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the operator knows: every object's view of one compilation of everything, and of the pods.
 *
 * <p>Views change together, by one thread. Whoever registered for a kind is then told of those of
 * its objects whose view is another; that is what reconciles are triggered by, so that an event
 * costs no more reconciles than it has consequences. Views are asked for by the object, and there
 * is none for one that the last compilation did not see in this version: another call is on its way
 * then.
 *
 * <p>It is started by the operator that leads and no other, for it decides who is admitted first.
 */
public final class World implements AutoCloseable {

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Clock clock;
  private final Measurements measurements;
  private final Lookout lookout;
  private final Pulse pulse;
  private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
  private final Map<String, Delivery> tables = new ConcurrentHashMap<>();
  private final Map<String, Delivery> documents = new ConcurrentHashMap<>();
  private final AtomicBoolean declared = new AtomicBoolean(true);
  private volatile Differences differences = Differences.NONE;
  private volatile Snapshot snapshot = Snapshot.empty();

  /** Not started yet. */
  public World(
      KubernetesClient client, OperatorConfig config, Clock clock, Measurements measurements) {
    this.clock = clock;
    this.measurements = measurements;
    this.pulse = new Pulse("world", AFTER_FAILURE, this::turn);
    this.lookout = new Lookout(client, config, this::declarationsChanged, pulse::request);
  }

  /**
   * Whom to tell which objects of a kind have another view.
   *
   * @param listener takes {@code namespace/name}, on the world's own thread
   */
  public void onChange(Class<? extends HasMetadata> kind, Consumer<String> listener) {
    listeners.put(kind.getSimpleName(), listener);
  }

  /** Returns when everything has been seen; the first compilation follows. */
  public void start() {
    lookout.start();
    pulse.start();
    pulse.request();
  }

  private void declarationsChanged() {
    declared.set(true);
    pulse.request();
  }

  /** Takes in how the definitions in the cluster are, from now on. */
  public void definitionsDiffer(Differences now) {
    if (!now.equals(differences)) {
      differences = now;
      pulse.request();
    }
  }

  /** Compiles if it has to, and tells whom it concerns. */
  private void turn() {
    Snapshot before = snapshot;
    Snapshot now = next();
    tables.keySet().retainAll(now.gatewayUids());
    documents.keySet().retainAll(now.groupUids());
    snapshot = now;
    tell(WsgiGateway.class, now.gateways(), before.gateways());
    tell(DaemonGroup.class, now.groups(), before.groups());
    tell(ScriptAlias.class, now.aliases(), before.aliases());
  }

  /** Whatever fails on the way, what was declared is looked at again. */
  private Snapshot next() {
    boolean changed = declared.getAndSet(false);
    try {
      return Snapshot.of(
          changed ? compilation() : snapshot.compilation(),
          lookout.observations(),
          differences,
          tables,
          documents);
    } catch (RuntimeException e) {
      declared.compareAndSet(false, changed);
      throw e;
    }
  }

  private Compilation compilation() {
    long started = System.nanoTime();
    try {
      return Compilation.of(lookout.inputs(), snapshot.compilation().admissions(), clock.instant());
    } finally {
      measurements.compiled(Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private void tell(Class<? extends HasMetadata> kind, Map<String, ?> now, Map<String, ?> before) {
    Consumer<String> listener = listeners.get(kind.getSimpleName());
    if (listener != null) {
      Snapshot.changes(now, before).forEach(listener);
    }
  }

  /** In what the definition of a kind differs from the operator's; empty: in nothing. */
  public Optional<String> differenceOf(Class<? extends HasMetadata> kind) {
    return differences.of(kind);
  }

  /** What the definition of a kind lacks, and the API server therefore refuses. */
  public Set<String> fieldsLackingIn(Class<? extends HasMetadata> kind) {
    return differences.lackingOf(kind);
  }

  /** The view of a gateway; empty: none of this version yet. */
  public Optional<GatewayView> of(WsgiGateway gateway) {
    return Optional.ofNullable(snapshot.gateways().get(RouteCompiler.id(gateway)))
        .filter(view -> view.part().version().equals(Version.of(gateway)));
  }

  /** The view of a group; empty: none of this version yet. */
  public Optional<GroupView> of(DaemonGroup group) {
    return Optional.ofNullable(snapshot.groups().get(RouteCompiler.id(group)))
        .filter(view -> view.part().version().equals(Version.of(group)));
  }

  /** The view of an alias; empty: none of this version yet. */
  public Optional<AliasView> of(ScriptAlias alias) {
    return Optional.ofNullable(snapshot.aliases().get(RouteCompiler.id(alias)))
        .filter(view -> view.part().version().equals(Version.of(alias)));
  }

  /** The groups of a namespace: uids by name. */
  public SortedMap<String, String> groupsIn(String namespace) {
    SortedMap<String, String> uids = new TreeMap<>();
    snapshot
        .groups()
        .forEach(
            (id, view) -> {
              if (id.startsWith(namespace + "/")) {
                uids.put(id.substring(namespace.length() + 1), view.part().version().uid());
              }
            });
    return uids;
  }

  /**
   * Notes that a gateway's table was written, so that its aliases can say so.
   *
   * @param failure why it could not be; empty: it was
   */
  public void delivered(WsgiGateway gateway, GatewayPart part, Optional<String> failure) {
    note(tables, gateway.getMetadata().getUid(), failure, () -> Delivery.of(part));
  }

  /**
   * Notes that a group's document was written.
   *
   * @param failure why it could not be; empty: it was
   */
  public void delivered(DaemonGroup group, GroupPart part, Optional<String> failure) {
    note(documents, group.getMetadata().getUid(), failure, () -> Delivery.of(part));
  }

  private void note(
      Map<String, Delivery> deliveries,
      String uid,
      Optional<String> failure,
      Supplier<Delivery> written) {
    Delivery delivery =
        failure
            .map(why -> deliveries.getOrDefault(uid, Delivery.NONE).failing(why))
            .orElseGet(written);
    if (!delivery.equals(deliveries.put(uid, delivery))) {
      pulse.request();
    }
  }

  @Override
  public void close() {
    pulse.close();
    lookout.close();
  }
}
