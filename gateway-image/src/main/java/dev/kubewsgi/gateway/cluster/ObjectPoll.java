package dev.kubewsgi.gateway.cluster;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Asks for one object again and again, where a Role lets it be read by name and not be watched: a
 * group's Secret. Confined to the cluster's thread.
 */
final class ObjectPoll<T extends ApiObject> implements Api.Following {

  private static final Logger LOG = Logger.getLogger(ObjectPoll.class);

  /** As long as a mounted Secret takes to reach a pod: no gateway need know it earlier. */
  private static final long MINUTE_MILLIS = 60_000;

  private static final long SHORTEST_PAUSE_MILLIS = 200;
  private static final int DOUBLINGS = 6;

  private final Selection<T> selection;
  private final Consumer<T> listener;
  private final ApiClient client;
  private final ScheduledExecutorService thread;
  private T last;
  private int failures;
  private boolean refused;
  private boolean closed;

  ObjectPoll(
      Selection<T> selection,
      Consumer<T> listener,
      ApiClient client,
      ScheduledExecutorService thread) {
    this.selection = selection;
    this.listener = listener;
    this.client = client;
    this.thread = thread;
  }

  void ask() {
    if (!closed) {
      client.get(selection).whenCompleteAsync(this::answered, thread);
    }
  }

  private void answered(T object, Throwable failure) {
    if (closed) {
      return;
    }
    if (failure == null) {
      found(object);
    } else {
      notFound(ApiClient.failure(failure));
    }
  }

  private void found(T object) {
    client.health().answered();
    failures = 0;
    refused = false;
    if (!object.equals(last)) {
      last = object;
      listener.accept(object);
    }
    again(MINUTE_MILLIS);
  }

  private void notFound(ApiFailure failure) {
    client.health().failed(failure);
    if (failure.isRefusal() && !failure.isMissing() && !refused) {
      refused = true;
      LOG.errorf(
          "KW244 %s cannot be read: %s. It is tried again until it can",
          selection.subject(), failure.getMessage());
    }
    again(SHORTEST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS));
  }

  /** Spread, so that not all groups are asked for at once. */
  private void again(long longestMillis) {
    long pause = ThreadLocalRandom.current().nextLong(longestMillis / 2, longestMillis);
    thread.schedule(this::ask, pause, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed = true;
  }
}
