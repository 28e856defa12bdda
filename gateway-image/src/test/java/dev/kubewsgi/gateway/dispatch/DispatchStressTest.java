package dev.kubewsgi.gateway.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DispatchStressTest {

  private static final int SUBMITTERS = 4;
  private static final int EACH = 20_000;
  private static final int WORKERS = 3;
  private static final int THREADS = 2;

  /** A slot's payload: notices two requests at once. */
  private static final class Seat {
    final AtomicBoolean taken = new AtomicBoolean();
  }

  @Test
  void everyRequestEndsOnceAndNoSlotRunsTwo() throws Exception {
    DispatchQueue<Seat> queue =
        new DispatchQueue<>("default/g", 200, Duration.ofMinutes(1), System::nanoTime, () -> {});
    Lane<Seat> lane = queue.lane();
    for (int i = 0; i < WORKERS * THREADS; i++) {
      Worker<Seat> worker = lane.worker();
      worker.slot(new Seat(), null, waited -> {}).offer();
    }
    CountDownLatch ended = new CountDownLatch(SUBMITTERS * EACH);
    AtomicInteger overlaps = new AtomicInteger();
    AtomicInteger[] outcomes = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    ExecutorService runners = Executors.newFixedThreadPool(4);
    ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
    List<AssertionError> twice = new ArrayList<>();

    final class Request implements Waiter<Seat> {
      final Ticket<Seat> ticket = new Ticket<>(lane, this, null);
      final AtomicBoolean over = new AtomicBoolean();

      @Override
      public void granted(Slot<Seat> slot) {
        if (!slot.payload().taken.compareAndSet(false, true)) {
          overlaps.incrementAndGet();
        }
        runners.execute(
            () -> {
              slot.payload().taken.set(false);
              if (ThreadLocalRandom.current().nextInt(50) == 0) {
                ticket.putBack();
              } else {
                end(0);
              }
              slot.offer();
            });
      }

      @Override
      public void refused(Failure failure) {
        end(1);
      }

      void end(int outcome) {
        if (!over.compareAndSet(false, true)) {
          synchronized (twice) {
            twice.add(new AssertionError("ended twice"));
          }
        }
        outcomes[outcome].incrementAndGet();
        ended.countDown();
      }
    }

    for (int i = 0; i < SUBMITTERS; i++) {
      submitters.execute(
          () -> {
            for (int j = 0; j < EACH; j++) {
              Request request = new Request();
              request.ticket.submit();
              if (j % 10 == 0 && request.ticket.cancel()) {
                request.end(2);
              }
            }
          });
    }
    try {
      assertTrue(ended.await(60, TimeUnit.SECONDS), () -> "stuck: " + queue.statistics());
    } finally {
      submitters.shutdownNow();
      runners.shutdown();
    }
    assertTrue(runners.awaitTermination(60, TimeUnit.SECONDS));
    assertEquals(0, overlaps.get());
    assertEquals(List.of(), twice);
    assertTrue(outcomes[0].get() > 0);
    QueueStatistics statistics = queue.statistics();
    assertEquals(0, statistics.waiting());
    assertEquals(0, statistics.busy());
    assertEquals(WORKERS * THREADS, statistics.slots());
    assertEquals(outcomes[0].get() + statistics.putBack(), statistics.granted());
    assertEquals(outcomes[2].get(), statistics.cancelled());
  }
}
