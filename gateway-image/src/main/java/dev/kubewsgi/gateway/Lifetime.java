package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.routes.RouteTable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/** From the start to the end of a program that serves, whoever gives it its route tables. */
public final class Lifetime {

  private static final Logger LOG = Logger.getLogger(Lifetime.class);

  /** Beyond the graceful timeouts, for interpreters and workers to end. */
  private static final Duration END_MARGIN = Duration.ofSeconds(10);

  private static final int KILLED_BY_SIGNAL = 130;

  private static volatile boolean ending;

  private Lifetime() {}

  /** Why the admin port cannot be had; empty: it can. */
  public static Optional<String> adminPortRefusal(String host, int port) {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "the admin port %d of %s cannot be bound: %s".formatted(port, host, e.getMessage()));
    }
  }

  /**
   * Runs a program, with the admin port at this address.
   *
   * @return the exit status
   */
  public static int run(
      Class<? extends QuarkusApplication> program, String adminHost, int adminPort) {
    System.setProperty("quarkus.http.host", adminHost);
    System.setProperty("quarkus.http.port", Integer.toString(adminPort));
    // One for each core: a request whose two connections share a loop needs no other thread.
    System.setProperty(
        "quarkus.vertx.event-loops-pool-size",
        Integer.toString(Runtime.getRuntime().availableProcessors()));
    // Quarkus takes settings from .env and config/ in it. Where a site is served from, they are the
    // applications' own. Files are found as before: the JVM has its directory since its start.
    System.setProperty("user.dir", System.getProperty("java.home"));
    // Asking a Python takes about as long as the start of Quarkus: both at once.
    Thread.ofVirtual().start(PythonFinder.OF_THIS_PROCESS::forEmbedding);
    var exitStatus = new AtomicInteger(1);
    Quarkus.run(
        program,
        (status, error) -> {
          if (error != null) {
            LOG.error("the server could not start", error);
          }
          exitStatus.set(status);
        });
    return exitStatus.get();
  }

  /** From now on the first SIGTERM or SIGINT ends the program, and the second does so at once. */
  public static void endOnSignals() {
    List.of("TERM", "INT").forEach(Lifetime::endOn);
  }

  private static void endOn(String signal) {
    var count = new AtomicInteger();
    Signal.handle(
        new Signal(signal),
        _ -> {
          if (count.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(KILLED_BY_SIGNAL);
          }
          ending = true;
          Quarkus.asyncExit(0);
        });
  }

  /** Whether a signal has come. */
  public static boolean isEnding() {
    return ending;
  }

  /** Stops a gateway; returns when it has, or when that takes too long. */
  public static void drain(Gateway gateway) throws InterruptedException {
    var patience = graceful(gateway.routeTables()).plus(END_MARGIN);
    try {
      gateway.stop().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("some applications did not end in time and were left");
    } catch (ExecutionException e) {
      LOG.error("the gateway did not end cleanly", e.getCause());
    }
  }

  private static Duration graceful(List<RouteTable> tables) {
    return tables.stream()
        .map(table -> table.gateway().timeouts().graceful())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
