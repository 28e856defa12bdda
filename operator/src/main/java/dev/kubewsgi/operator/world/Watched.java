package dev.kubewsgi.operator.world;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects of one kind that are watched: in all namespaces by one informer, or by one for each. */
final class Watched<T extends HasMetadata> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

  private static final int FORBIDDEN = 403;

  private final List<SharedIndexInformer<T>> informers;

  /**
   * Not started yet.
   *
   * @param matters whether the step from one state of an object to the next is worth a call
   * @param changed called for each object that came, went or changed
   */
  Watched(List<SharedIndexInformer<T>> informers, BiPredicate<T, T> matters, Runnable changed) {
    this.informers = List.copyOf(informers);
    for (SharedIndexInformer<T> informer : informers) {
      informer.addEventHandler(new Handler<>(matters, changed));
      informer.exceptionHandler((started, failure) -> goesOn(informer, started, failure));
    }
  }

  /**
   * Whether a watch begins anew after a failure. Left to themselves informers would end at an event
   * that they cannot read, and nobody would see anything any more.
   */
  private static boolean goesOn(
      SharedIndexInformer<?> informer, boolean started, Throwable failure) {
    if (failure instanceof WatcherException) {
      LOG.warn("KW230 the watch on {} broke off and begins anew: {}", informer, words(failure));
    }
    return started;
  }

  private static String words(Throwable failure) {
    return failure.getCause() == null
        ? failure.getMessage()
        : failure.getMessage() + ": " + failure.getCause().getMessage();
  }

  private record Handler<T>(BiPredicate<T, T> matters, Runnable changed)
      implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      changed.run();
    }

    @Override
    public void onUpdate(T before, T after) {
      if (matters.test(before, after)) {
        changed.run();
      }
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      changed.run();
    }
  }

  /** Starts them; done when all that there is has been seen. */
  CompletableFuture<Void> start() {
    return CompletableFuture.allOf(
        informers.stream()
            .map(informer -> informer.start().toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Waits for a start; whoever did not come to see what there is is closed.
   *
   * @return whether what there is has been seen; false: it may not be looked at
   * @throws CompletionException the API server did not say what there is
   */
  boolean awaitStart(CompletableFuture<Void> start) {
    try {
      start.join();
      return true;
    } catch (CompletionException e) {
      close();
      if (isForbidden(e.getCause())) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isForbidden(Throwable failure) {
    return failure instanceof KubernetesClientException refusal && refusal.getCode() == FORBIDDEN;
  }

  /** All of them, as last seen; nobody may change them. */
  List<T> list() {
    return informers.stream().flatMap(informer -> informer.getStore().list().stream()).toList();
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::stop);
  }
}
