package dev.kubewsgi.operator.world;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may not be looked at: said once, and tried again from time to time, for nothing tells when
 * it may be. For one thread.
 */
final class Forbidden {

  private static final Logger LOG = LoggerFactory.getLogger(Forbidden.class);

  private final Duration pause;
  private final Runnable again;
  private final Set<String> refused = new HashSet<>();
  private CompletableFuture<Void> next = CompletableFuture.completedFuture(null);

  /**
   * Nothing is forbidden yet.
   *
   * @param again called, on another thread, when it is time to try again
   */
  Forbidden(Duration pause, Runnable again) {
    this.pause = pause;
    this.again = again;
  }

  /**
   * Notes that something may not be looked at.
   *
   * @param countsAs what it is taken for meanwhile
   */
  void refused(String what, String countsAs) {
    if (refused.add(what)) {
      LOG.warn("KW227 {} may not be read: it counts as {}", what, countsAs);
    }
    if (next.isDone()) {
      next =
          CompletableFuture.runAsync(
              again, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /** Notes that something can be looked at. */
  void allowed(String what) {
    if (refused.remove(what)) {
      LOG.info("{} may be read again", what);
    }
  }
}
