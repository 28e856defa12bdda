package dev.kubewsgi.operator.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PulseTest {

  private static final Duration MOMENT = Duration.ofMillis(1);

  @Test
  void aBurstOfRequestsDuringARunIsOneMoreRun() throws InterruptedException {
    var runs = new AtomicInteger();
    var begun = new Semaphore(0);
    var goOn = new Semaphore(0);
    try (var pulse =
        new Pulse(
            "test",
            MOMENT,
            () -> {
              runs.incrementAndGet();
              begun.release();
              goOn.acquireUninterruptibly();
            })) {
      pulse.start();
      pulse.request();
      assertTrue(begun.tryAcquire(10, TimeUnit.SECONDS));
      for (int i = 0; i < 1000; i++) {
        pulse.request();
      }
      goOn.release(2);
      assertTrue(begun.tryAcquire(10, TimeUnit.SECONDS));
      pulse.request();
      goOn.release();
      assertTrue(begun.tryAcquire(10, TimeUnit.SECONDS));
      assertEquals(3, runs.get());
    }
  }

  @Test
  void aRunThatFailsIsTriedAgainByItself() throws InterruptedException {
    var attempts = new AtomicInteger();
    var done = new CountDownLatch(1);
    try (var pulse =
        new Pulse(
            "test",
            MOMENT,
            () -> {
              if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
              }
              done.countDown();
            })) {
      pulse.start();
      pulse.request();
      assertTrue(done.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void anErrorIsForWhoeverLooksAfterTheProcess() throws InterruptedException {
    var caught = new LinkedBlockingQueue<Throwable>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          if (thread.getName().equals("breaks")) {
            caught.add(thrown);
          }
        });
    try (var pulse =
        new Pulse(
            "breaks",
            MOMENT,
            () -> {
              throw new StackOverflowError("too deep");
            })) {
      pulse.start();
      pulse.request();
      assertInstanceOf(StackOverflowError.class, caught.poll(10, TimeUnit.SECONDS));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
