package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import dev.kubewsgi.gateway.http.HeaderName.Role;
import dev.kubewsgi.gateway.routing.Match;
import io.netty.buffer.Unpooled;

/**
 * A request that was let in.
 *
 * @param request as the application will see it
 * @param application what runs it
 */
record Admission(WsgiRequest request, Application application) {

  private static final String[] SERVER_OPTIONS = {
    "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "Content-Length", "0"
  };

  /** RFC 9110 section 9.3.7: {@code OPTIONS *} asks the server, not an application. */
  private static final Application SERVER =
      exchange ->
          exchange.respond(new ResponseHead(200, "OK", SERVER_OPTIONS), Unpooled.EMPTY_BUFFER);

  /**
   * Checks what HTTP/1 and HTTP/2 have in common, and finds the application.
   *
   * @param contentLength as in {@link WsgiRequest#contentLength()}
   */
  static Admission of(
      RequestHead head,
      long contentLength,
      boolean expectsContinue,
      ConnectionInfo connection,
      String requestId,
      long startMicros,
      Shared shared)
      throws Refused {
    HttpSettings settings = shared.settings();
    checkFields(head);
    RequestTarget target = RequestTarget.parse(head.method(), head.target());
    Origin origin = Origin.of(head, target, connection, settings.trustedProxies());
    checkLength(contentLength, settings.limits().body());
    if (target.path() == null) {
      return new Admission(
          request(
              requestId, null, head, new Environ(), contentLength, expectsContinue, startMicros),
          SERVER);
    }
    Match match =
        shared.router().current().match(origin.host(), RequestPath.normalise(target.path()));
    if (match == null) {
      throw new Refused(FailureCode.NO_ROUTE, "no alias for " + origin.host() + target.path());
    }
    Environ environ =
        shared.environs().build(head, target, match, origin, connection, requestId, startMicros);
    return new Admission(
        request(requestId, match, head, environ, contentLength, expectsContinue, startMicros),
        match.application());
  }

  private static WsgiRequest request(
      String id,
      Match match,
      RequestHead head,
      Environ environ,
      long contentLength,
      boolean expectsContinue,
      long startMicros) {
    return new WsgiRequest(
        id,
        match == null ? null : match.route(),
        head.method(),
        head.target(),
        environ,
        contentLength,
        expectsContinue,
        startMicros);
  }

  /** RFC 9112 section 3.2 for Host; one Content-Type, so that nobody reads another than we do. */
  private static void checkFields(RequestHead head) throws Refused {
    int hosts = 0;
    int contentTypes = 0;
    for (int i = 0; i < head.size(); i++) {
      switch (head.name(i).role()) {
        case HOST -> hosts++;
        case CONTENT_TYPE -> contentTypes++;
        case UPGRADE -> checkUpgrade(head, head.value(i));
        default -> {}
      }
    }
    if (hosts > 1 || hosts == 0 && !head.protocol().equals("HTTP/1.0")) {
      throw Refused.badRequest(hosts == 0 ? "Host is missing" : "Host twice");
    }
    if (contentTypes > 1) {
      throw Refused.badRequest("Content-Type twice");
    }
  }

  /**
   * A WebSocket client is told so: an ordinary answer of the application would only puzzle it.
   * Other upgrades, h2c among them, are offers that a server may pass over (RFC 9110 section 7.8).
   */
  private static void checkUpgrade(RequestHead head, String upgrade) throws Refused {
    if (!Http1Framing.hasToken(upgrade, "websocket")) {
      return;
    }
    for (int i = 0; i < head.size(); i++) {
      if (head.name(i).role() == Role.CONNECTION
          && Http1Framing.hasToken(head.value(i), "upgrade")) {
        throw new Refused(FailureCode.UPGRADE_REFUSED, "Upgrade: " + upgrade);
      }
    }
  }

  private static void checkLength(long contentLength, long limit) throws Refused {
    if (limit > 0 && contentLength > limit) {
      throw new Refused(
          FailureCode.BODY_TOO_LARGE,
          "Content-Length %d, the limit is %d".formatted(contentLength, limit));
    }
  }
}
