package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.cluster.ApiClient.Listed;
import dev.kubewsgi.gateway.cluster.ApiClient.WatchEvent;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Follows the objects of a selection: lists them, watches what becomes of them, lists again where
 * the watch has missed something. Confined to the cluster's thread.
 */
final class ObjectWatch<T extends ApiObject> implements Api.Following, ApiClient.WatchListener<T> {

  private static final Logger LOG = Logger.getLogger(ObjectWatch.class);

  /** A watch that ends before this was not ended for its age. */
  private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Selection<T> selection;
  private final Consumer<List<T>> listener;
  private final ApiClient client;
  private final ScheduledExecutorService thread;
  private final Attempts attempts;
  private TreeMap<String, T> objects = new TreeMap<>();
  private Api.Following watching = () -> {};

  /** Null before the first list. */
  private String version;

  private long watchedSince;
  private boolean closed;

  ObjectWatch(
      Selection<T> selection,
      Consumer<List<T>> listener,
      ApiClient client,
      ScheduledExecutorService thread) {
    this.selection = selection;
    this.listener = listener;
    this.client = client;
    this.thread = thread;
    this.attempts = new Attempts(selection.subject());
  }

  void list() {
    client
        .list(selection)
        .whenCompleteAsync(
            (listed, failure) -> {
              if (closed) {
                return;
              }
              if (failure == null) {
                listed(listed);
              } else {
                notListed(ApiClient.failure(failure));
              }
            },
            thread);
  }

  private void listed(Listed<T> listed) {
    client.health().answered();
    var found = new TreeMap<String, T>();
    listed.items().forEach(object -> found.put(object.metadata().name(), object));
    var news = version == null || !found.equals(objects);
    version = listed.metadata().resourceVersion();
    objects = found;
    if (news) {
      tell();
    }
    watch();
  }

  private void notListed(ApiFailure failure) {
    client.health().failed(failure);
    if (failure.isRefusal()) {
      attempts.refused(failure);
    }
    afterPause(this::list);
  }

  private void watch() {
    watchedSince = System.nanoTime();
    watching = client.watch(selection, version, this);
  }

  @Override
  public void event(WatchEvent<T> event) {
    if (closed) {
      return;
    }
    attempts.succeeded();
    var object = event.object();
    version = object.metadata().resourceVersion();
    switch (event.type()) {
      case ADDED, MODIFIED -> objects.put(object.metadata().name(), object);
      case DELETED -> objects.remove(object.metadata().name());
      case BOOKMARK -> {
        return;
      }
    }
    tell();
  }

  /** The server ends every watch after some minutes. */
  @Override
  public void ended() {
    if (closed) {
      return;
    }
    if (System.nanoTime() - watchedSince > EARLY_NANOS) {
      attempts.succeeded();
      watch();
    } else {
      afterPause(this::watch);
    }
  }

  /** What happened meanwhile is found by listing, which also tells whether the server is away. */
  @Override
  public void failed(ApiFailure failure) {
    if (closed) {
      return;
    }
    if (failure.isGone()) {
      list();
    } else {
      client.health().interrupted();
      afterPause(this::list);
    }
  }

  private void afterPause(Runnable action) {
    thread.schedule(
        () -> {
          if (!closed) {
            action.run();
          }
        },
        attempts.pauseMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void tell() {
    try {
      listener.accept(List.copyOf(objects.values()));
    } catch (RuntimeException e) { // The next change must still be seen.
      LOG.errorf(e, "KW599 what became of %s could not be taken up", selection.subject());
    }
  }

  @Override
  public void close() {
    closed = true;
    watching.close();
  }
}
