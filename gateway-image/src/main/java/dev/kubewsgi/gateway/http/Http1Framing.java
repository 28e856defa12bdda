package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import java.util.Locale;

/**
 * How an HTTP/1 request's body is framed and whether its connection may go on: RFC 9112 sections 6
 * and 9.
 *
 * @param contentLength as in {@link WsgiRequest#contentLength()}
 * @param keepAlive the client allows another request on the connection
 * @param expectsContinue the client waits for 100 before it sends the body
 */
record Http1Framing(long contentLength, boolean keepAlive, boolean expectsContinue) {

  private static final int MOST_LENGTH_DIGITS = 18; // fits a long without overflow

  boolean chunked() {
    return contentLength == WsgiRequest.UNKNOWN_LENGTH;
  }

  static Http1Framing of(RequestHead head) throws Refused {
    boolean http10 = head.protocol().equals("HTTP/1.0");
    long contentLength = -1;
    String transferEncoding = null;
    boolean close = false;
    boolean keepAlive = false;
    boolean expect = false;
    for (int i = 0; i < head.size(); i++) {
      String value = head.value(i);
      switch (head.name(i).role()) {
        case CONTENT_LENGTH -> {
          if (contentLength >= 0) {
            throw Refused.badRequest("Content-Length twice");
          }
          contentLength = parseLength(value);
        }
        case TRANSFER_ENCODING ->
            transferEncoding = transferEncoding == null ? value : transferEncoding + "," + value;
        case CONNECTION -> {
          close |= hasToken(value, "close");
          keepAlive |= hasToken(value, "keep-alive");
        }
        case EXPECT -> {
          if (!value.equalsIgnoreCase("100-continue")) {
            throw new Refused(FailureCode.EXPECTATION_FAILED, "Expect: " + value);
          }
          expect = !http10; // RFC 9110 section 10.1.1
        }
        default -> {}
      }
    }
    if (transferEncoding != null) {
      checkTransferEncoding(transferEncoding, http10, contentLength >= 0);
      contentLength = WsgiRequest.UNKNOWN_LENGTH;
    } else if (contentLength < 0) {
      contentLength = 0;
    }
    return new Http1Framing(
        contentLength, http10 ? keepAlive && !close : !close, expect && contentLength != 0);
  }

  static long parseLength(String value) throws Refused {
    int length = value.length();
    if (length == 0 || length > MOST_LENGTH_DIGITS || !value.chars().allMatch(Grammar::isDigit)) {
      throw Refused.badRequest("Content-Length is not a number");
    }
    return Long.parseLong(value);
  }

  /** RFC 9112 section 6.1, without the leniency that request smuggling lives on. */
  private static void checkTransferEncoding(String value, boolean http10, boolean withLength)
      throws Refused {
    if (withLength) {
      throw Refused.badRequest("Transfer-Encoding and Content-Length together");
    }
    if (http10) {
      throw Refused.badRequest("Transfer-Encoding in HTTP/1.0");
    }
    if (value.equalsIgnoreCase("chunked")) {
      return;
    }
    String[] codings = value.toLowerCase(Locale.ROOT).split(",", -1);
    for (int i = 0; i < codings.length; i++) {
      boolean last = i == codings.length - 1;
      if (codings[i].strip().equals("chunked") != last) {
        throw Refused.badRequest("Transfer-Encoding must end with one chunked");
      }
    }
    throw new Refused(FailureCode.TRANSFER_CODING_UNKNOWN, "Transfer-Encoding: " + value);
  }

  /** Whether a comma-separated list holds the token, in any case. */
  static boolean hasToken(String list, String token) {
    int from = 0;
    while (from <= list.length()) {
      int comma = list.indexOf(',', from);
      int to = comma < 0 ? list.length() : comma;
      if (list.substring(from, to).strip().equalsIgnoreCase(token)) {
        return true;
      }
      from = to + 1;
    }
    return false;
  }
}
