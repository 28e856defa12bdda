package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client is shown of a failure, for which no application has answered: status, code and
 * request id, by which the log has the rest. Nothing of {@link Failure#detail} reaches a client.
 */
record ErrorPage(ResponseHead head, byte[] body) {

  /** Field of an answer by which a worker says that it is its own, and the code of why. */
  private static final String FAILED = "KubeWsgi-Failed";

  private static final String REQUEST_ID = "X-Request-Id";
  private static final int FIRST_ERROR = 500;

  /**
   * The gateway's own answer.
   *
   * @param pages in place of the short one here
   * @param accept the request's Accept field or null; HTML is for those who ask for it
   */
  static ErrorPage of(Failure failure, String requestId, String accept, ErrorPages pages) {
    FailureCode code = failure.code();
    ErrorPages.Page page =
        pages
            .page(code.status(), code.code(), requestId)
            .orElseGet(() -> shortPage(code, requestId, accept));
    return of(code.status(), reason(code), page, requestId, failure.retryAfter());
  }

  /** Whether a worker or interpreter answers in the place of its application. */
  static boolean isFailure(ResponseHead answer) {
    return answer.status() >= FIRST_ERROR && answer.first(FAILED) != null;
  }

  /** In place of such an answer, if there is a page for it. */
  static Optional<ErrorPage> of(ResponseHead failure, String requestId, ErrorPages pages) {
    return pages
        .page(failure.status(), failure.first(FAILED), requestId)
        .map(page -> of(failure.status(), failure.reason(), page, requestId, Optional.empty()));
  }

  /** Such an answer with the request's id, and without what is for the gateway alone. */
  static ResponseHead asShown(ResponseHead failure, String requestId) {
    List<String> fields = new ArrayList<>(List.of(REQUEST_ID, requestId));
    for (int i = 0; i < failure.fields().length; i += 2) {
      if (!failure.fields()[i].equalsIgnoreCase(FAILED)) {
        fields.add(failure.fields()[i]);
        fields.add(failure.fields()[i + 1]);
      }
    }
    return new ResponseHead(failure.status(), failure.reason(), fields.toArray(String[]::new));
  }

  private static ErrorPage of(
      int status,
      String reason,
      ErrorPages.Page page,
      String requestId,
      Optional<Duration> retryAfter) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("Content-Type", page.contentType()));
    fields.addAll(List.of("Content-Length", Integer.toString(page.body().length)));
    fields.addAll(List.of("Cache-Control", "no-store", REQUEST_ID, requestId));
    retryAfter.ifPresent(
        after ->
            fields.addAll(List.of("Retry-After", Long.toString(Math.max(1, after.toSeconds())))));
    return new ErrorPage(
        new ResponseHead(status, reason, fields.toArray(String[]::new)), page.body());
  }

  private static ErrorPages.Page shortPage(FailureCode code, String requestId, String accept) {
    String title = code.status() + " " + reason(code);
    boolean html = accept != null && accept.contains("text/html");
    String body =
        html
            ? HTML.formatted(title, title, explanation(code), code.code(), requestId)
            : TEXT.formatted(title, explanation(code), code.code(), requestId);
    return new ErrorPages.Page(
        html ? "text/html" : "text/plain", body.getBytes(StandardCharsets.US_ASCII));
  }

  private static String reason(FailureCode code) {
    return HttpResponseStatus.valueOf(code.status()).reasonPhrase();
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
