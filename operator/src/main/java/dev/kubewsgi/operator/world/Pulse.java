package dev.kubewsgi.operator.world;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one task, on one thread, after it was asked for.
 *
 * <p>INVARIANT: a run begins after every request that was made before it ended its predecessor, so
 * no request is lost. It begins at once when the last run began longer than a pause ago, else when
 * the pause is over: however many requests a burst has, it costs few runs.
 */
final class Pulse implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  private final Runnable task;
  private final Duration pause;
  private final Duration afterFailure;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition requested = lock.newCondition();
  private boolean wanted;

  /**
   * Not running yet.
   *
   * @param pause the shortest time between the beginnings of two runs
   * @param afterFailure how long to wait before a task that threw is run again
   */
  Pulse(String name, Duration pause, Duration afterFailure, Runnable task) {
    this.task = task;
    this.pause = pause;
    this.afterFailure = afterFailure;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Asks for a run. */
  void request() {
    lock.lock();
    try {
      wanted = true;
      requested.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        awaitRequest();
        Thread.sleep(runOnce() ? pause : afterFailure);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitRequest() throws InterruptedException {
    lock.lock();
    try {
      while (!wanted) {
        requested.await();
      }
      wanted = false;
    } finally {
      lock.unlock();
    }
  }

  private boolean runOnce() {
    try {
      task.run();
      return true;
    } catch (RuntimeException e) {
      LOG.warn("will be tried again in {}: {}", afterFailure, e.toString());
      request();
      return false;
    }
  }

  /** Ends the thread; a run that goes on is interrupted. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
