package dev.kubewsgi.routes;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a gateway.
 *
 * @param id {@code namespace/name}
 * @param listeners where it accepts connections
 * @param embedded how applications run in its own process; empty: they may not
 * @param limits what it accepts from clients
 * @param timeouts how long it waits
 * @param trustedProxies CIDR blocks of peers whose forwarded headers are believed
 * @param accessLog whether a line is written for each request
 * @param slowRequests requests that take at least so long have a line in any case; empty: none
 * @param errorPages for failures, at most one for a status
 */
public record GatewaySettings(
    String id,
    List<Listener> listeners,
    Optional<EmbeddedSettings> embedded,
    Limits limits,
    Timeouts timeouts,
    List<String> trustedProxies,
    boolean accessLog,
    Optional<Duration> slowRequests,
    List<ErrorPage> errorPages) {

  public GatewaySettings {
    listeners = List.copyOf(listeners);
    trustedProxies = List.copyOf(trustedProxies);
    errorPages = List.copyOf(errorPages);
  }

  /** The same with other listeners. */
  public GatewaySettings listening(List<Listener> others) {
    return new GatewaySettings(
        id,
        others,
        embedded,
        limits,
        timeouts,
        trustedProxies,
        accessLog,
        slowRequests,
        errorPages);
  }

  /** The same, with a line for each request. */
  public GatewaySettings logged() {
    return new GatewaySettings(
        id, listeners, embedded, limits, timeouts, trustedProxies, true, slowRequests, errorPages);
  }

  /**
   * What a client is shown of a failure.
   *
   * @param status 400 to 599
   * @param contentType of the body
   * @param body with {@code %{STATUS}}, {@code %{CODE}} and {@code %{REQUEST_ID}} to be replaced
   */
  public record ErrorPage(int status, String contentType, String body) {}

  /**
   * One listening socket; HTTP/1.1 and HTTP/2 on each.
   *
   * @param name unique in the gateway
   * @param address IP address to bind
   * @param port 0 to 65535; 0 lets the system choose
   * @param tls empty: plain text
   */
  public record Listener(String name, String address, int port, Optional<Tls> tls) {}

  /** A certificate chain and its key. */
  public sealed interface Tls {

    /**
     * As PEM text.
     *
     * @param certificate leaf first
     * @param key PKCS#8
     */
    record Pem(String certificate, String key) implements Tls {

      /** Never the key. */
      @Override
      public String toString() {
        return "Pem[certificate, key]";
      }
    }

    /**
     * In files: a Secret that is mounted where the gateway runs.
     *
     * @param directory absolute; {@code tls.crt} and {@code tls.key} are in it
     */
    record Mounted(String directory) implements Tls {}
  }

  /**
   * Embedded mode.
   *
   * @param threads platform threads of each application group
   * @param queue the queue in front of them
   * @param startupTimeout for an application's import
   * @param requestTimeout for one request in an application (request-timeout); empty: no limit
   */
  public record EmbeddedSettings(
      int threads,
      QueueSettings queue,
      Duration startupTimeout,
      Optional<Duration> requestTimeout) {}

  /**
   * Sizes in bytes.
   *
   * @param requestLine method, target and version (414 beyond)
   * @param headers all header fields together (431 beyond)
   * @param body a request's body (413 beyond); 0: no limit
   */
  public record Limits(int requestLine, int headers, long body) {}

  /**
   * Times a client has, and what a gateway that ends gives its requests.
   *
   * @param header from the first byte of a request to the end of its header section (408 beyond)
   * @param idle between two requests of a connection
   * @param body between two reads of a body (408 beyond)
   * @param write between two writes that the client takes (the connection is aborted beyond)
   * @param graceful for requests in flight when the gateway is to end
   */
  public record Timeouts(
      Duration header, Duration idle, Duration body, Duration write, Duration graceful) {}
}
