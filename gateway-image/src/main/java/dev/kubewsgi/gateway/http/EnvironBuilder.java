package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.http.HeaderName.Role;
import dev.kubewsgi.gateway.routing.Match;

/**
 * The variables of a request as PEP 3333, RFC 3875 and mod_wsgi name them. Pure: everything it
 * reads is given.
 */
final class EnvironBuilder {

  private final String serverSoftware;

  /**
   * @param serverSoftware what SERVER_SOFTWARE says: {@code kube-wsgi/1.0}
   */
  EnvironBuilder(String serverSoftware) {
    this.serverSoftware = serverSoftware;
  }

  /**
   * @param startMicros when the request began, since the epoch
   */
  Environ build(
      RequestHead head,
      RequestTarget target,
      Match match,
      Origin origin,
      ConnectionInfo connection,
      String requestId,
      long startMicros) {
    Environ environ = new Environ();
    String scheme = origin.https() ? "https" : "http";
    environ.add("REQUEST_METHOD", head.method());
    environ.add("SCRIPT_NAME", match.mount());
    environ.add("PATH_INFO", match.rest());
    environ.add("QUERY_STRING", target.query());
    environ.add("REQUEST_URI", head.target());
    environ.add("REQUEST_SCHEME", scheme);
    environ.add("SERVER_NAME", origin.host());
    environ.add("SERVER_PORT", Integer.toString(origin.port()));
    environ.add("SERVER_PROTOCOL", head.protocol());
    environ.add("SERVER_SOFTWARE", serverSoftware);
    environ.add("REMOTE_ADDR", origin.remoteAddress());
    if (origin.remotePort() != null) {
      environ.add("REMOTE_PORT", origin.remotePort());
    }
    environ.add("SCRIPT_FILENAME", match.route().script());
    if (origin.https()) {
      environ.add("HTTPS", "on");
    }
    environ.add("wsgi.url_scheme", scheme);
    if (origin.httpHost() != null) {
      environ.add("HTTP_HOST", origin.httpHost());
    }
    addFields(environ, head, origin.trusted());
    environ.add("mod_wsgi.request_id", requestId);
    environ.add("mod_wsgi.connection_id", connection.id());
    environ.add("mod_wsgi.script_name", match.mount());
    environ.add("mod_wsgi.path_info", match.rest());
    environ.add("mod_wsgi.mount_point", match.mount());
    environ.add("mod_wsgi.callable_object", match.route().callable());
    environ.add("mod_wsgi.listener_host", connection.listenerHost());
    environ.add("mod_wsgi.listener_port", Integer.toString(connection.listenerPort()));
    environ.add("mod_wsgi.request_start", seconds(startMicros));
    return environ;
  }

  private static void addFields(Environ environ, RequestHead head, boolean trusted) {
    long repeats = repeats(head);
    for (int i = 0; i < head.size(); i++) {
      HeaderName name = head.name(i);
      if (name.environKey() == null || name.role() == Role.HOST || name.isForwarded() && !trusted) {
        continue;
      }
      if (repeats == 0) {
        environ.add(name.environKey(), withoutTabs(head.value(i)));
      } else if (isFirst(head, i)) {
        environ.add(name.environKey(), withoutTabs(joined(head, i)));
      }
    }
  }

  /**
   * HTTP allows a tab wherever it allows a space in a value, with the same meaning (RFC 9110, 5.5);
   * PEP 3333 has no control characters.
   */
  private static String withoutTabs(String value) {
    return value.replace('\t', ' ');
  }

  /** Nonzero where a name may come twice: a filter that spares most requests the comparison. */
  private static long repeats(RequestHead head) {
    long seen = 0;
    long repeats = 0;
    for (int i = 0; i < head.size(); i++) {
      long bit = 1L << (head.name(i).text().hashCode() & 63);
      repeats |= seen & bit;
      seen |= bit;
    }
    return repeats;
  }

  private static boolean isFirst(RequestHead head, int index) {
    String text = head.name(index).text();
    for (int i = 0; i < index; i++) {
      if (head.name(i).text().equals(text)) {
        return false;
      }
    }
    return true;
  }

  private static String joined(RequestHead head, int first) {
    HeaderName name = head.name(first);
    StringBuilder joined = null;
    for (int i = first + 1; i < head.size(); i++) {
      if (head.name(i).text().equals(name.text())) {
        joined = joined == null ? new StringBuilder(head.value(first)) : joined;
        joined.append(name.role() == Role.COOKIE ? "; " : ", ").append(head.value(i));
      }
    }
    return joined == null ? head.value(first) : joined.toString();
  }

  /** Float seconds, as mod_wsgi writes its times. */
  static String seconds(long micros) {
    StringBuilder text = new StringBuilder(17).append(micros / 1_000_000).append('.');
    long fraction = micros % 1_000_000;
    for (long digit = 100_000; digit > 0; digit /= 10) {
      text.append((char) ('0' + fraction / digit % 10));
    }
    return text.toString();
  }
}
