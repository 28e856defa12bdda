package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.http.HeaderName.Role;

/**
 * Who asks and whom, after trusted proxies have had their say.
 *
 * @param trusted whether forwarded headers are believed and passed on
 * @param https whether the client's own connection was encrypted
 * @param httpHost the Host field that the application sees; null: none was sent (HTTP/1.0)
 * @param host SERVER_NAME: lower case, without a dot at the end
 * @param port SERVER_PORT
 * @param remoteAddress REMOTE_ADDR
 * @param remotePort REMOTE_PORT; null where only a proxy knows it
 */
record Origin(
    boolean trusted,
    boolean https,
    String httpHost,
    String host,
    int port,
    String remoteAddress,
    String remotePort) {

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * The port is that of Host; where Host gives none it is the scheme's, because that is where the
   * client believes to be, whatever the listener's port is behind a Service or a load balancer.
   *
   * <p>With a trusted peer the client is the first address of X-Forwarded-For, from the right, that
   * is not trusted itself, or the leftmost. X-Forwarded-Proto, -Host and -Port are read at the same
   * distance from the right, or leftmost where they are shorter, as every proxy of the chain
   * appends or the first alone sets them. What cannot be read is ignored.
   */
  static Origin of(
      RequestHead head, RequestTarget target, ConnectionInfo connection, TrustedProxies proxies)
      throws Refused {
    String hostField = target.authority() != null ? target.authority() : head.first(Role.HOST);
    Authority authority = hostField == null ? null : Authority.parse(hostField);
    if (!proxies.isEmpty() && proxies.contains(connection.peerAddress())) {
      return forwarded(head, authority, connection, proxies);
    }
    return new Origin(
        false,
        connection.tls(),
        hostField,
        authority == null ? connection.listenerHost() : authority.host(),
        port(authority, connection.tls(), connection),
        connection.peerAddress(),
        connection.peerPort());
  }

  private static Origin forwarded(
      RequestHead head, Authority received, ConnectionInfo connection, TrustedProxies proxies) {
    String[] chain = list(head, Role.FORWARDED_FOR);
    int distance = 0; // of the client's entry from the right, counted from 1; 0: the peer itself
    String client = connection.peerAddress();
    while (distance < chain.length && proxies.contains(client)) {
      String next = address(chain[chain.length - 1 - distance]);
      if (next == null) {
        break;
      }
      client = next;
      distance++;
    }
    String proto = entry(list(head, Role.FORWARDED_PROTO), distance);
    boolean https =
        "https".equalsIgnoreCase(proto) || connection.tls() && !"http".equalsIgnoreCase(proto);
    Authority authority = forwardedHost(entry(list(head, Role.FORWARDED_HOST), distance), received);
    int port = Authority.parsePort(entry(list(head, Role.FORWARDED_PORT), distance));
    return new Origin(
        true,
        https,
        authority == null ? null : authority.text(),
        authority == null ? connection.listenerHost() : authority.host(),
        port > 0 ? port : port(authority, https, connection),
        client,
        distance == 0 ? connection.peerPort() : null);
  }

  private static int port(Authority authority, boolean https, ConnectionInfo connection) {
    if (authority == null) {
      return connection.listenerPort();
    }
    return authority.port() > 0 ? authority.port() : https ? HTTPS_PORT : HTTP_PORT;
  }

  private static Authority forwardedHost(String text, Authority received) {
    try {
      return text.isEmpty() ? received : Authority.parse(text);
    } catch (Refused e) {
      return received;
    }
  }

  private static String[] list(RequestHead head, Role role) {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < head.size(); i++) {
      if (head.name(i).role() == role) {
        joined.append(joined.isEmpty() ? "" : ",").append(head.value(i));
      }
    }
    return joined.isEmpty() ? new String[0] : joined.toString().split(",", -1);
  }

  private static String entry(String[] list, int distance) {
    int index = Math.max(list.length - Math.max(distance, 1), 0);
    return list.length == 0 ? "" : list[index].strip();
  }

  /** An entry of X-Forwarded-For without brackets and port, or null where it is no IP address. */
  private static String address(String entry) {
    String text = entry.strip();
    if (TrustedProxies.address(text) != null) {
      return text;
    }
    int portColon = text.lastIndexOf(':');
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      text = close < 0 ? "" : text.substring(1, close);
    } else if (portColon > 0) {
      text = text.substring(0, portColon);
    }
    return TrustedProxies.address(text) == null ? null : text;
  }
}
