package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The gateway's own answer to a failure: status, code and request id, by which the log has the
 * rest. Nothing of {@link Failure#detail} reaches a client.
 */
record ErrorPage(ResponseHead head, byte[] body) {

  /**
   * @param accept the request's Accept field or null; HTML is for those who ask for it
   */
  static ErrorPage of(Failure failure, String requestId, String accept) {
    FailureCode code = failure.code();
    String reason = HttpResponseStatus.valueOf(code.status()).reasonPhrase();
    String title = code.status() + " " + reason;
    boolean html = accept != null && accept.contains("text/html");
    String body =
        html
            ? HTML.formatted(title, title, explanation(code), code.code(), requestId)
            : TEXT.formatted(title, explanation(code), code.code(), requestId);
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("Content-Type", html ? "text/html" : "text/plain"));
    fields.addAll(List.of("Content-Length", Integer.toString(bytes.length)));
    fields.addAll(List.of("Cache-Control", "no-store", "X-Request-Id", requestId));
    failure
        .retryAfter()
        .ifPresent(
            after ->
                fields.addAll(
                    List.of("Retry-After", Long.toString(Math.max(1, after.toSeconds())))));
    return new ErrorPage(
        new ResponseHead(code.status(), reason, fields.toArray(String[]::new)), bytes);
  }

  private static final String TEXT = "%s\n\n%s\n\n%s, request %s\n";

  private static final String HTML =
      """
      <!doctype html>
      <title>%s</title>
      <h1>%s</h1>
      <p>%s</p>
      <p><small>%s, request %s</small></p>
      """;

  private static String explanation(FailureCode code) {
    return switch (code) {
      case APPLICATION_NOT_LOADED -> "The application could not be loaded.";
      case APPLICATION_FAILED -> "The application failed.";
      case QUEUE_FULL, QUEUE_TIMEOUT -> "The application is busy. Try again shortly.";
      case GROUP_UNAVAILABLE -> "The application is not running at the moment.";
      case WORKER_DIED -> "The process that ran this request ended before it answered.";
      case WORKER_ANSWER_INVALID, RESPONSE_INCOMPLETE -> "The application's answer was unusable.";
      case APPLICATION_TOO_SLOW, ANSWER_TOO_LATE -> "The application took too long.";
      case SHUTTING_DOWN -> "The server is shutting down. Try again.";
      case BAD_REQUEST -> "The request is not valid HTTP.";
      case TRANSFER_CODING_UNKNOWN -> "The only transfer coding understood here is chunked.";
      case METHOD_REFUSED -> "This method is not served here.";
      case NO_ROUTE -> "There is nothing at this address.";
      case PATH_REFUSED -> "There is nothing at this address: it holds an escaped slash or NUL.";
      case UPGRADE_REFUSED -> "WebSocket is not served here.";
      case VERSION_UNSUPPORTED -> "The versions spoken here are HTTP/1.0, HTTP/1.1 and HTTP/2.";
      case REQUEST_TIMEOUT -> "The request did not arrive in time.";
      case BODY_TOO_LARGE -> "The request's body is too large.";
      case REQUEST_LINE_TOO_LONG -> "The request's address is too long.";
      case EXPECTATION_FAILED -> "The only expectation met here is 100-continue.";
      case HEADERS_TOO_LARGE -> "The request's header fields are too large.";
      case CLIENT_TOO_SLOW, CLIENT_GONE -> "The client left.";
      default -> "The server failed.";
    };
  }
}
