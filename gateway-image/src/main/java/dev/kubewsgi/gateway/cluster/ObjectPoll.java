package dev.kubewsgi.gateway.cluster;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Asks for one object again and again, where a Role lets it be read by name and not be watched,
 * such as a group's Secret. Confined to the cluster's thread.
 */
final class ObjectPoll<T extends ApiObject> implements Api.Following {

  private static final Logger LOG = Logger.getLogger(ObjectPoll.class);

  /** As long as a mounted Secret takes to reach a pod: no gateway need know it earlier. */
  private static final long MINUTE_MILLIS = 60_000;

  private final Selection<T> selection;
  private final Consumer<T> listener;
  private final ApiClient client;
  private final ScheduledExecutorService thread;
  private final Attempts attempts;
  private T last;
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
    this.attempts = new Attempts(selection.subject());
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
    attempts.succeeded();
    again(Attempts.spread(MINUTE_MILLIS));
    if (!object.equals(last)) {
      last = object;
      tell(object);
    }
  }

  private void notFound(ApiFailure failure) {
    client.health().failed(failure);
    if (failure.isRefusal() && !failure.isMissing()) {
      attempts.refused(failure);
    }
    again(attempts.pauseMillis());
  }

  private void again(long pauseMillis) {
    thread.schedule(this::ask, pauseMillis, TimeUnit.MILLISECONDS);
  }

  private void tell(T object) {
    try {
      listener.accept(object);
    } catch (RuntimeException e) { // As of a watch: what changes later must still be seen.
      LOG.errorf(e, "KW599 what became of %s could not be taken up", selection.subject());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
