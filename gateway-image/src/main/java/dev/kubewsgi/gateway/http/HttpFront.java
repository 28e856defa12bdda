package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * The listeners of a gateway: HTTP/1.1 and HTTP/2, in plain text and over TLS, on the event loops
 * of a Vert.x instance. Requests go to the application that the router of the moment finds.
 *
 * <p>A listener whose certificate should be mounted, and is not or cannot be used, does not keep
 * the others from opening: it opens when there is one.
 *
 * <p>Called by one thread at a time, never by an event loop: binding blocks.
 */
public final class HttpFront {

  /** What the Server field says, and SERVER_SOFTWARE begins with. */
  private static final String SERVER = "kube-wsgi";

  private static final Logger LOG = Logger.getLogger(HttpFront.class);

  private final Vertx vertx;
  private final Shared shared;
  private volatile List<BoundListener> listeners = List.of();

  /** What is wrong with the certificates of listeners, by their names. */
  private volatile Map<String, ListenException> troubles = Map.of();

  private HttpFront(Vertx vertx, Shared shared) {
    this.vertx = vertx;
    this.shared = shared;
  }

  /**
   * Binds all listeners.
   *
   * @param version ours, for SERVER_SOFTWARE
   * @throws ListenException where one cannot be bound; none is left bound then
   * @throws IllegalArgumentException where a trusted proxy is no CIDR block
   */
  public static HttpFront start(
      Vertx vertx,
      GatewaySettings settings,
      LiveRouter router,
      HttpStats stats,
      AccessLog accessLog,
      String version) {
    Shared shared =
        new Shared(router, stats, accessLog, SERVER, version, HttpSettings.of(settings));
    HttpFront front = new HttpFront(vertx, shared);
    front.rebind(settings.listeners());
    return front;
  }

  /** The listeners, in the order of the settings, with the ports that they got. */
  public List<Listening> listening() {
    return listeners.stream().map(BoundListener::listening).toList();
  }

  /** Those that wait for a certificate, by name, and why. */
  public Map<String, ListenException> closed() {
    Map<String, ListenException> closed = new HashMap<>(troubles);
    listening().forEach(listener -> closed.remove(listener.name()));
    return closed;
  }

  /**
   * Takes up certificates that were exchanged where they are mounted.
   *
   * @param settings those in force
   */
  public void renewCertificates(GatewaySettings settings) {
    rebind(settings.listeners());
  }

  /**
   * Takes other settings. Listeners that stay are not touched, nor are their connections; new
   * limits and times hold from the next request on, a new certificate from the next connection on.
   * A listener that goes drains as in {@link #stop}.
   *
   * @throws ListenException where a new listener cannot be bound; everything then stays as it was
   * @throws IllegalArgumentException where a trusted proxy is no CIDR block; likewise
   */
  public void reconfigure(GatewaySettings settings) {
    HttpSettings next = HttpSettings.of(settings);
    rebind(settings.listeners());
    shared.settings(next);
  }

  private void rebind(List<Listener> wanted) {
    List<BoundListener> next = new ArrayList<>();
    List<BoundListener> fresh = new ArrayList<>();
    List<Runnable> updates = new ArrayList<>();
    Map<String, ListenException> found = new HashMap<>();
    try {
      for (Listener settings : wanted) {
        BoundListener listener = kept(settings);
        try {
          if (listener == null) {
            listener = BoundListener.bind(vertx, shared, settings);
            fresh.add(listener);
          } else {
            updates.add(listener.prepareUpdate(settings));
          }
        } catch (ListenException e) {
          found.put(settings.name(), excused(settings, e));
        }
        if (listener != null) {
          next.add(listener);
        }
      }
    } catch (ListenException e) {
      fresh.forEach(listener -> listener.close(0));
      throw e;
    }
    updates.forEach(Runnable::run);
    listeners.stream().filter(old -> !next.contains(old)).forEach(this::drain);
    listeners = List.copyOf(next);
    say(found);
    troubles = Map.copyOf(found);
  }

  /** Trouble that another mounted certificate would mend; any other is the caller's. */
  private static ListenException excused(Listener settings, ListenException trouble) {
    if (trouble.isOfCertificate() && settings.tls().orElse(null) instanceof Tls.Mounted) {
      return trouble;
    }
    throw trouble;
  }

  /** Of each listener once. */
  private void say(Map<String, ListenException> found) {
    found.forEach(
        (name, trouble) -> {
          ListenException before = troubles.get(name);
          if (before == null || !before.getMessage().equals(trouble.getMessage())) {
            LOG.errorf("%s %s", trouble.code(), trouble.getMessage());
          }
        });
  }

  private BoundListener kept(Listener settings) {
    return listeners.stream().filter(old -> old.isSameSocket(settings)).findFirst().orElse(null);
  }

  /**
   * Takes leave of clients, and goes on to serve whoever comes: each answer ends its connection,
   * HTTP/2 clients get GOAWAY. Who asks again then asks somebody else, and does not find the
   * connection closed under the request, as at {@link #stop}.
   */
  public void announceEnd() {
    shared.part();
    listeners.forEach(BoundListener::announceEnd);
  }

  /**
   * Stops accepting and lets the requests in flight end: their answers carry {@code Connection:
   * close}, HTTP/2 clients get GOAWAY. What is left after the graceful timeout is broken off.
   *
   * @return done when the last connection is closed and its requests are counted and logged
   */
  public CompletableFuture<Void> stop() {
    CompletableFuture<?>[] drained =
        listeners.stream().map(this::drain).toArray(CompletableFuture<?>[]::new);
    listeners = List.of();
    return CompletableFuture.allOf(drained);
  }

  private CompletableFuture<Void> drain(BoundListener listener) {
    CompletableFuture<Void> drained = new CompletableFuture<>();
    listener
        .close(shared.settings().graceful())
        .addListener(
            closed -> listener.drained().addListener((Future<Void> all) -> drained.complete(null)));
    return drained.thenCompose(_ -> listener.settled());
  }
}
