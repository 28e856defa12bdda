package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.ResponseHead;

/** What the gateway looks for among the fields of an answer. */
final class ResponseFields {

  static final long NO_LENGTH = -1;
  static final long BAD_LENGTH = -2;

  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private ResponseFields() {}

  /** About the connection and so the gateway's own business (RFC 9110 section 7.6.1). */
  static boolean isConnectionLevel(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("TE");
      case 7 -> name.equalsIgnoreCase("Trailer") || name.equalsIgnoreCase("Upgrade");
      case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
      case 16 -> name.equalsIgnoreCase("Proxy-Connection");
      case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
      default -> false;
    };
  }

  static boolean isContentLength(String name) {
    return name.length() == 14 && name.equalsIgnoreCase("Content-Length");
  }

  static boolean isDate(String name) {
    return name.length() == 4 && name.equalsIgnoreCase("Date");
  }

  static boolean isServer(String name) {
    return name.length() == 6 && name.equalsIgnoreCase("Server");
  }

  /** RFC 9110 section 6.4.1: whether an answer with this status has a body, even an empty one. */
  static boolean mayHaveBody(int status) {
    return status != NO_CONTENT && status != NOT_MODIFIED;
  }

  /** RFC 9110 section 8.6. */
  static boolean mayHaveLength(int status) {
    return status != NO_CONTENT;
  }

  /** The value of Content-Length, {@link #NO_LENGTH}, or {@link #BAD_LENGTH}. */
  static long contentLength(ResponseHead head) {
    String[] fields = head.fields();
    long length = NO_LENGTH;
    for (int i = 0; i < fields.length; i += 2) {
      if (isContentLength(fields[i])) {
        length = length == NO_LENGTH ? parse(fields[i + 1]) : BAD_LENGTH;
      }
    }
    return length;
  }

  private static long parse(String value) {
    try {
      return Http1Framing.parseLength(value.strip());
    } catch (Refused e) {
      return BAD_LENGTH;
    }
  }
}
