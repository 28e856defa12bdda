package dev.kubewsgi.gateway.exchange;

import dev.kubewsgi.routes.Route;

/**
 * A request as an application will see it: the environ that both modes share, and how its body is
 * framed. Built once by the HTTP side; the embedded mode makes a dict of it, the daemon mode its
 * canonical wire form.
 *
 * @param id the request id, also in every log line about it
 * @param route the claim that it matched
 * @param method as received
 * @param target the raw request target (REQUEST_URI)
 * @param environ the CGI, HTTP_ and {@code mod_wsgi.*} variables that are strings, latin-1 as PEP
 *     3333 wants them; neither {@code wsgi.*} nor what is constant for an application group
 * @param contentLength of the body in bytes; 0: none; -1: not known beforehand (chunked)
 * @param expectsContinue the client waits for 100 before it sends the body
 * @param start when its first byte was read, in microseconds since the epoch
 */
public record WsgiRequest(
    String id,
    Route route,
    String method,
    String target,
    Environ environ,
    long contentLength,
    boolean expectsContinue,
    long start) {

  /** {@link #contentLength} of a body whose end shows only when it comes. */
  public static final long UNKNOWN_LENGTH = -1;

  public boolean hasBody() {
    return contentLength != 0;
  }
}
