package dev.kubewsgi.gateway.http;

import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Gateway settings for tests. */
final class Settings {

  static final Limits LIMITS = new Limits(8190, 32_768, 100_000);

  static final Timeouts PATIENT =
      new Timeouts(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10));

  private Settings() {}

  static GatewaySettings plain(int port) {
    return of(List.of(listener("http", port)), LIMITS, PATIENT, List.of());
  }

  /** With a line for requests that take so long. */
  static GatewaySettings slowFrom(Duration least) {
    return of(List.of(listener("http", 0)), LIMITS, PATIENT, List.of(), Optional.of(least));
  }

  static Listener listener(String name, int port) {
    return new Listener(name, "127.0.0.1", port, Optional.empty());
  }

  static GatewaySettings of(
      List<Listener> listeners, Limits limits, Timeouts timeouts, List<String> trustedProxies) {
    return of(listeners, limits, timeouts, trustedProxies, Optional.empty());
  }

  private static GatewaySettings of(
      List<Listener> listeners,
      Limits limits,
      Timeouts timeouts,
      List<String> trustedProxies,
      Optional<Duration> slowRequests) {
    return new GatewaySettings(
        "default/main",
        listeners,
        Optional.empty(),
        limits,
        timeouts,
        trustedProxies,
        false,
        slowRequests,
        List.of());
  }
}
