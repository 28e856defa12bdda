package dev.kubewsgi.gateway.routing;

/**
 * The router of the moment. A request asks once and keeps what it was given, so a swap never
 * touches requests in flight.
 */
public final class LiveRouter {

  private volatile Router current;

  public LiveRouter(Router first) {
    this.current = first;
  }

  public Router current() {
    return current;
  }

  /** Requests that arrive after this returns see {@code next}. */
  public void swap(Router next) {
    current = next;
  }
}
