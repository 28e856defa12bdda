package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The listeners of a gateway: HTTP/1.1 and HTTP/2, in plain text and over TLS, on the event loops
 * of a Vert.x instance. Requests go to the application that the router of the moment finds.
 *
 * <p>Called by one thread at a time, never by an event loop: binding blocks.
 */
public final class HttpFront {

  /** What the Server field says, and SERVER_SOFTWARE begins with. */
  private static final String SERVER = "kube-wsgi";

  private final Vertx vertx;
  private final Shared shared;
  private List<BoundListener> listeners = List.of();

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
    try {
      for (Listener settings : wanted) {
        BoundListener listener = kept(settings);
        if (listener == null) {
          listener = BoundListener.bind(vertx, shared, settings);
          fresh.add(listener);
        } else {
          updates.add(listener.prepareUpdate(settings));
        }
        next.add(listener);
      }
    } catch (ListenException e) {
      fresh.forEach(listener -> listener.close(0));
      throw e;
    }
    updates.forEach(Runnable::run);
    listeners.stream().filter(old -> !next.contains(old)).forEach(this::drain);
    listeners = List.copyOf(next);
  }

  private BoundListener kept(Listener settings) {
    return listeners.stream().filter(old -> old.isSameSocket(settings)).findFirst().orElse(null);
  }

  /**
   * Stops accepting and lets the requests in flight end: their answers carry {@code Connection:
   * close}, HTTP/2 clients get GOAWAY. What is left after the graceful timeout is broken off.
   *
   * @return done when the last connection is closed
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
    return drained;
  }
}
