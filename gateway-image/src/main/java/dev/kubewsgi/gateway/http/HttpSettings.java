package dev.kubewsgi.gateway.http;

import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import java.time.Duration;

/**
 * What of a gateway's settings holds for every request, ready for use; times in nanoseconds.
 *
 * <p>A request that takes at least {@code loggedFrom} has a line in the access log.
 *
 * <p>Connections ask for the settings of the moment at each request, so that a change reaches them
 * without being closed.
 */
record HttpSettings(
    Limits limits,
    long header,
    long idle,
    long body,
    long write,
    long graceful,
    TrustedProxies trustedProxies,
    long loggedFrom,
    ErrorPages errorPages) {

  private static final long NEVER = Long.MAX_VALUE;

  static HttpSettings of(GatewaySettings settings) {
    Timeouts timeouts = settings.timeouts();
    return new HttpSettings(
        settings.limits(),
        timeouts.header().toNanos(),
        timeouts.idle().toNanos(),
        timeouts.body().toNanos(),
        timeouts.write().toNanos(),
        timeouts.graceful().toNanos(),
        TrustedProxies.of(settings.trustedProxies()),
        settings.accessLog() ? 0 : settings.slowRequests().map(Duration::toNanos).orElse(NEVER),
        ErrorPages.of(settings.errorPages()));
  }

  /** Whether any request may have a line. */
  boolean logs() {
    return loggedFrom != NEVER;
  }
}
