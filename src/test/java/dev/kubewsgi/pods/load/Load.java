package dev.kubewsgi.pods.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a steady rate, each for its own moment, from the start until {@link #stop()}. Clients
 * that are behind send at once, so that a server that is slow for a moment is asked for all that it
 * missed, and how late an answer came counts from when its request was due.
 */
public final class Load {

  private static final int MORE_THAN_ANY = 1_000_000;

  private final InetSocketAddress address;
  private final String path;
  private final long nanosBetween;
  private final long started = System.nanoTime();
  private final AtomicLong next = new AtomicLong();
  private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean goesOn = true;

  private Load(InetSocketAddress address, String path, int perSecond) {
    this.address = address;
    this.path = path;
    this.nanosBetween = Duration.ofSeconds(1).toNanos() / perSecond;
  }

  /**
   * Starts one.
   *
   * @param perSecond requests
   * @param connections that are used for them
   */
  public static Load start(String host, int port, String path, int perSecond, int connections) {
    var load = new Load(new InetSocketAddress(host, port), path, perSecond);
    for (int n = 0; n < connections; n++) {
      load.clients.add(Thread.ofVirtual().start(load::ask));
    }
    return load;
  }

  /**
   * How many requests a second a server answers when each connection always has one on its way.
   *
   * @param time for which it is tried
   */
  public static int carried(String host, int port, String path, int connections, Duration time) {
    Load load = start(host, port, path, MORE_THAN_ANY, connections);
    LockSupport.parkNanos(time.toNanos());
    long answered = load.outcomes.stream().filter(each -> !each.isWrong()).count();
    load.stop();
    return (int) (answered / time.toSeconds());
  }

  /** The time of the load, for {@link Report#between}. */
  public Duration now() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** Returns when all that were sent have been answered, or lost. */
  public Report stop() {
    goesOn = false;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the load ended", e);
      }
    }
    if (outcomes.size() != next.get()) {
      throw new AssertionError(
          "of %d requests, %d are accounted for".formatted(next.get(), outcomes.size()));
    }
    return new Report(List.copyOf(outcomes));
  }

  private void ask() {
    Connection connection = null;
    while (goesOn) {
      long number = next.getAndIncrement();
      long due = number * nanosBetween;
      LockSupport.parkNanos(started + due - System.nanoTime());
      connection = ask(Question.of(number), due, connection);
    }
    close(connection);
  }

  /** The connection to use next; null: none. */
  private Connection ask(Question question, long due, Connection last) {
    Connection connection = last;
    try {
      if (connection == null || !connection.isUsable()) {
        close(connection);
        connection = null;
        connection = new Connection(address);
      }
      var answer = connection.ask(question.head(address.getHostString(), path), question.body());
      note(question, due, check(question, answer));
      return connection;
    } catch (IOException | RuntimeException e) { // what is no HTTP is no answer either
      note(question, due, "no answer: " + e);
      close(connection);
      return null;
    }
  }

  private static String check(Question question, Connection.Answer answer) {
    return answer.status() == 200 && answer.body().startsWith(question.answer())
        ? ""
        : "answered %d %s".formatted(answer.status(), answer.body());
  }

  private void note(Question question, long due, String wrong) {
    long now = System.nanoTime() - started;
    outcomes.add(
        new Outcome(
            question.number(),
            Duration.ofNanos(due),
            Duration.ofNanos(now - due).minusMillis(question.milliseconds()),
            wrong));
  }

  private static void close(Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("a socket cannot be closed", e);
    }
  }
}
