package dev.kubewsgi.operator.apply;

import dev.kubewsgi.operator.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One reconcile's work on the objects of an owner.
 *
 * <p>Objects are applied in the order given, each only if it differs from what the API server has.
 * A failure is kept and the next object is tried, for one that is refused must not take others down
 * with it; but documents refer to each other, so after a ConfigMap that failed no other is written
 * and nothing is deleted.
 */
public final class Children {

  private static final int FORBIDDEN = 403;

  private final Cluster cluster;
  private final HasMetadata owner;
  private final Set<String> wanted = new HashSet<>();
  private Set<Class<? extends HasMetadata>> withNewRights = Set.of();
  private final List<Failure> failures = new ArrayList<>();
  private String documentFailure;

  private Children(Cluster cluster, HasMetadata owner) {
    this.cluster = cluster;
    this.owner = owner;
  }

  /** Begins work on what an object owns. */
  public static Children of(HasMetadata owner, Cluster cluster) {
    return new Children(cluster, owner);
  }

  /**
   * What is forbidden of these kinds may be allowed in a moment: the right to them has just been
   * bound, and each API server hears of that by a watch of its own.
   */
  public Children withNewRights(Set<Class<? extends HasMetadata>> kinds) {
    withNewRights = Set.copyOf(kinds);
    return this;
  }

  /** All that failed so far, in order. */
  public List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Why a ConfigMap is not what it should be; empty: all so far are. */
  public Optional<String> documentFailure() {
    return Optional.ofNullable(documentFailure);
  }

  /** Makes each what it should be. */
  public Children apply(List<HasMetadata> objects) {
    objects.forEach(this::apply);
    return this;
  }

  /** Makes an object what it should be. */
  public Children apply(HasMetadata desired) {
    wanted.add(key(desired));
    if (desired instanceof ConfigMap && documentFailure != null) {
      return this;
    }
    attempt(desired, () -> bringAbout(desired, existing(desired)));
    return this;
  }

  /**
   * Makes an object what it should be, which depends on what it is.
   *
   * @param next from what there is of it, if anything and if ours, to what it should be
   */
  public <T extends HasMetadata> Children evolve(T like, Function<Optional<T>, T> next) {
    wanted.add(key(like));
    attempt(
        like,
        () -> {
          Optional<T> existing = existing(like);
          bringAbout(next.apply(existing.filter(this::isOurs)), existing);
        });
    return this;
  }

  /**
   * Makes an object what it should be that several owners have in common. One without our label was
   * made by whoever runs the cluster, and is left to them.
   *
   * @param written called if it was another one before
   */
  public Children applyShared(HasMetadata desired, Runnable written) {
    attempt(
        desired,
        () -> {
          Optional<HasMetadata> existing = existing(desired);
          if ((existing.isEmpty() || isLabelled(existing.get())) && write(desired, existing)) {
            written.run();
          }
        });
    return this;
  }

  private static boolean isLabelled(HasMetadata object) {
    return object.getMetadata().getLabels() != null
        && Names.MANAGER.equals(object.getMetadata().getLabels().get(Names.MANAGED_BY));
  }

  /** Leaves an object as it is, there or not: what it should be cannot be told now. */
  public Children keep(HasMetadata like) {
    wanted.add(key(like));
    return this;
  }

  /** Deletes what the owner has and was neither applied nor kept in this work. */
  public Children removeOthers() {
    if (documentFailure == null) {
      cluster
          .childrenOf(owner)
          .filter(child -> !wanted.contains(key(child)))
          .forEach(child -> attempt(child, () -> cluster.delete(child)));
    }
    return this;
  }

  /** What carries no label of ours is not watched, so only the API server knows of it. */
  private <T extends HasMetadata> Optional<T> existing(T like) {
    return cluster.find(like).or(() -> cluster.read(like));
  }

  private void bringAbout(HasMetadata desired, Optional<? extends HasMetadata> existing) {
    if (existing.filter(found -> !isOurs(found)).isPresent()) {
      fail(desired, foreign(existing.get()));
    } else {
      write(desired, existing);
    }
  }

  /** Whether there was anything to write. */
  private boolean write(HasMetadata desired, Optional<? extends HasMetadata> existing) {
    if (existing.filter(found -> AppliedFields.match(found, desired)).isPresent()) {
      return false;
    }
    existing.ifPresent(found -> desired.getMetadata().setUid(found.getMetadata().getUid()));
    cluster.apply(desired);
    return true;
  }

  private void attempt(HasMetadata object, Runnable work) {
    try {
      work.run();
    } catch (KubernetesClientException refusal) {
      Failure failure = Failure.of(Failure.label(object), refusal);
      fail(object, mayBeAllowedSoon(object, refusal) ? failure.delayed() : failure);
    }
  }

  private boolean mayBeAllowedSoon(HasMetadata object, KubernetesClientException refusal) {
    return refusal.getCode() == FORBIDDEN && withNewRights.contains(object.getClass());
  }

  private void fail(HasMetadata object, Failure failure) {
    failures.add(failure);
    if (object instanceof ConfigMap && documentFailure == null) {
      documentFailure = Failure.describe(List.of(failure));
    }
  }

  private boolean isOurs(HasMetadata object) {
    return controller(object)
        .filter(reference -> reference.getUid().equals(owner.getMetadata().getUid()))
        .isPresent();
  }

  private Failure foreign(HasMetadata object) {
    return controller(object).filter(this::wasOfThisName).isPresent()
        ? Failure.predecessor(object)
        : Failure.notOwned(object);
  }

  private boolean wasOfThisName(OwnerReference reference) {
    return reference.getKind().equals(owner.getKind())
        && reference.getApiVersion().equals(owner.getApiVersion())
        && reference.getName().equals(owner.getMetadata().getName());
  }

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .findFirst();
  }

  private static String key(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }
}
