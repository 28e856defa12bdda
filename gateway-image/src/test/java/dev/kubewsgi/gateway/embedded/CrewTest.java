package dev.kubewsgi.gateway.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrewTest {

  @Test
  void takesRequestsInTheOrderTheyWereOffered() {
    var crew = new Crew<String>(10);
    List.of("a", "b", "c").forEach(crew::offer);

    assertEquals(List.of("a", "b", "c"), List.of(crew.poll(), crew.poll(), crew.poll()));
    assertNull(crew.poll());
  }

  @Test
  void refusesWhatIsMoreThanMayWait() {
    var crew = new Crew<String>(2);

    assertEquals(Crew.Offer.TAKEN, crew.offer("a"));
    assertEquals(Crew.Offer.TAKEN, crew.offer("b"));
    assertEquals(Crew.Offer.FULL, crew.offer("c"));
    crew.poll();
    assertEquals(Crew.Offer.TAKEN, crew.offer("d"));
  }

  @Test
  void refusesEverythingOnceClosedButKeepsWhatWaits() {
    var crew = new Crew<String>(2);
    crew.offer("a");
    crew.close();

    assertEquals(Crew.Offer.CLOSED, crew.offer("b"));
    assertTrue(crew.awaitTurn(crew.join()));
    assertEquals("a", crew.poll());
  }

  @Test
  void letsMembersGoWhenClosedAndNothingWaits() throws Exception {
    var crew = new Crew<String>(2);
    var went = new CountDownLatch(2);
    for (var i = 0; i < 2; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                assertFalse(crew.awaitTurn(crew.join()));
                went.countDown();
              });
    }

    crew.close();

    assertTrue(went.await(20, TimeUnit.SECONDS));
  }

  /** A member that is woken while another is the contender must not be forgotten in the end. */
  @RepeatedTest(50)
  void letsEveryMemberGoWhenClosedWithRequestsWaiting() throws Exception {
    var crew = new Crew<Integer>(100);
    var gil = new ReentrantLock();
    gil.lock();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < 5; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var member = crew.join();
                    while (crew.awaitTurn(member)) {
                      gil.lock();
                      crew.tookGil();
                      while (crew.poll() != null) {
                        Thread.yield();
                      }
                      gil.unlock();
                    }
                  }));
    }
    for (var i = 0; i < 20; i++) {
      crew.offer(i);
    }
    crew.close();
    gil.unlock();

    for (var thread : threads) {
      thread.join(20_000);
      assertFalse(thread.isAlive());
    }
  }

  @Test
  void removesOnlyTheHeadOfTheQueue() {
    var crew = new Crew<Integer>(10);
    List.of(1, 2, 9, 3).forEach(crew::offer);

    assertEquals(List.of(1, 2), crew.removeWhile(number -> number < 5));
    assertEquals(2, crew.waiting());
  }

  /**
   * Threads that behave as with CPython: one lock is the GIL; some requests give it up in their
   * middle, some threads hand over between two. Every request is served once, or the test hangs: a
   * lost wake-up leaves requests waiting beside idle threads for ever.
   */
  @RepeatedTest(20)
  void servesEveryRequestOnceWhateverTheThreadsDo() throws Exception {
    var requests = 2_000;
    var crew = new Crew<Integer>(requests);
    var gil = new ReentrantLock();
    var served = new ConcurrentLinkedQueue<Integer>();
    var contenders = new AtomicInteger();
    var mostContenders = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < 4; i++) {
      var random = new Random(i);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var member = crew.join();
                    while (crew.awaitTurn(member)) {
                      mostContenders.accumulateAndGet(contenders.incrementAndGet(), Math::max);
                      gil.lock();
                      contenders.decrementAndGet();
                      crew.tookGil();
                      for (var next = crew.poll(); next != null; next = crew.poll()) {
                        served.add(next);
                        if (random.nextInt(8) == 0) {
                          gil.unlock();
                          Thread.yield();
                          gil.lock();
                        }
                        if (random.nextInt(8) == 0) {
                          break;
                        }
                      }
                      gil.unlock();
                    }
                  }));
    }
    var random = new Random();
    for (var i = 0; i < requests; i++) {
      assertEquals(Crew.Offer.TAKEN, crew.offer(i));
      if (random.nextInt(4) == 0) {
        Thread.yield();
      }
    }
    while (served.size() < requests) {
      Thread.sleep(1);
    }
    crew.close();
    for (var thread : threads) {
      thread.join();
    }

    assertEquals(requests, served.stream().distinct().count());
    assertEquals(requests, served.size());
    assertEquals(1, mostContenders.get());
  }
}
