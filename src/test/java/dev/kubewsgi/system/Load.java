package dev.kubewsgi.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that ask again and again, from construction until {@link #close()}. */
final class Load implements AutoCloseable {

  private final AtomicBoolean goOn = new AtomicBoolean(true);
  private final AtomicLong answered = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();

  /** Starts clients that each send GET requests for a path, one after the other. */
  Load(ServedDirectory served, String path, int howMany) {
    for (int client = 0; client < howMany; client++) {
      clients.add(Thread.ofVirtual().start(() -> askAgainAndAgain(served, path)));
    }
  }

  /** Returns once this many more requests have been answered. */
  void awaitAnswers(long more) {
    long wanted = answered.get() + more;
    Eventually.isTrue("the load is answered", () -> answered.get() >= wanted);
  }

  /** Ends the clients; every request of theirs must have been answered 200. */
  void assertNothingLost() {
    close();
    assertEquals(List.of(), List.copyOf(failures), "requests that were lost");
    assertTrue(answered.get() > 0, "the load asked nothing");
  }

  @Override
  public void close() {
    goOn.set(false);
    for (Thread client : clients) {
      try {
        client.join(CommandLine.PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void askAgainAndAgain(ServedDirectory served, String path) {
    while (goOn.get()) {
      try {
        HttpResponse<String> answer = served.get(path);
        if (answer.statusCode() != 200) {
          failures.add(answer.statusCode() + " " + answer.body());
        }
        answered.incrementAndGet();
      } catch (RuntimeException e) {
        failures.add(e.toString());
      }
    }
  }
}
