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
 * no request is lost. Between two runs is a pause as long as the first of them took: however many
 * requests a burst has, it costs at most half of a processor, and what is quick is soon.
 */
final class Pulse implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  private final Runnable task;
  private final Duration afterFailure;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition requested = lock.newCondition();
  private boolean wanted;

  /**
   * Not running yet.
   *
   * @param afterFailure how long to wait before a task that threw is run again
   */
  Pulse(String name, Duration afterFailure, Runnable task) {
    this.task = task;
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
        long begun = System.nanoTime();
        boolean done = runOnce();
        Thread.sleep(done ? Duration.ofNanos(System.nanoTime() - begun) : afterFailure);
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
