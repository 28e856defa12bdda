package dev.kubewsgi.gateway.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One supervisor as its daemon group keeps it. Confined to the group's home loop, but for what the
 * status reads: {@link #pid} and {@link #replica}.
 */
sealed interface Supervisor permits LocalSupervisor, RemoteSupervisor {

  /** The pid that it has where it runs; empty while it does not, or cannot be reached. */
  Optional<Long> pid();

  /** What it and its workers say; null before the first start. */
  Replica replica();

  /** Why it does not run, where it could not even begin. */
  Optional<String> broken();

  /** Begins, once. */
  void start();

  /** Makes it what is wanted now. */
  void update();

  /**
   * Gives it no more requests, lets those that it has end, and lets it go.
   *
   * @param patience how long it may take by itself
   * @return done when the group has nothing to do with it any more
   */
  CompletableFuture<Void> stop(Duration patience);
}
