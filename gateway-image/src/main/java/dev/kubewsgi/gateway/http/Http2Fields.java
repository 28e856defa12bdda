package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import dev.kubewsgi.gateway.http.HeaderName.Role;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Between HTTP/2's header fields and our own: RFC 9113 section 8.2 and 8.3. */
final class Http2Fields {

  private static final int MOST_FIELDS = 100;

  private Http2Fields() {}

  /**
   * Checks what Netty's decoder does not: characters, sizes, and Host against {@code :authority}.
   */
  static RequestHead request(Http2Headers headers, HeaderNames names, Limits limits)
      throws Refused {
    String method = text(headers.method());
    String path = text(headers.path());
    if (method.equals("CONNECT")) {
      throw new Refused(FailureCode.METHOD_REFUSED, "CONNECT: this is no proxy");
    }
    if (!Grammar.isToken(method) || !Grammar.isTarget(path)) {
      throw Refused.badRequest(":method or :path holds what it must not");
    }
    if (path.length() > limits.requestLine()) {
      throw new Refused(FailureCode.REQUEST_LINE_TOO_LONG, ":path of " + path.length() + " bytes");
    }
    RequestHead head = new RequestHead(method, path, "HTTP/2.0");
    String authority = text(headers.authority());
    long bytes = 0;
    if (!authority.isEmpty()) {
      head.add(HeaderName.of("host"), authority);
      bytes = bytesOfLine("host", authority);
    }
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      if (field.getKey().charAt(0) != ':') {
        bytes += bytesOfLine(field.getKey(), field.getValue());
        add(head, text(field.getKey()), text(field.getValue()), authority, names);
      }
    }
    if (bytes > limits.headers()) {
      throw new Refused(
          FailureCode.HEADERS_TOO_LARGE, "as HTTP/1.1 " + bytes + " bytes, above the limit");
    }
    return head;
  }

  /** As a line of HTTP/1.1, so that the limit is the same. */
  private static long bytesOfLine(CharSequence name, CharSequence value) {
    return name.length() + value.length() + ": \r\n".length();
  }

  private static void add(
      RequestHead head, String name, String value, String authority, HeaderNames names)
      throws Refused {
    if (!Grammar.isToken(name) || !value.chars().allMatch(c -> Grammar.isValue((char) c))) {
      throw Refused.badRequest("a header field holds what it must not");
    }
    if (head.size() == MOST_FIELDS) {
      throw new Refused(
          FailureCode.HEADERS_TOO_LARGE, "more than " + MOST_FIELDS + " header fields");
    }
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    HeaderName known = names.of(bytes, 0, bytes.length);
    if (known.role() == Role.TRANSFER_ENCODING || known.role() == Role.CONNECTION) {
      throw Refused.badRequest(name + " in HTTP/2");
    }
    if (known.role() != Role.HOST || authority.isEmpty()) {
      head.add(known, value);
    } else if (!value.equalsIgnoreCase(authority)) {
      throw Refused.badRequest("Host differs from :authority");
    }
  }

  static long contentLength(RequestHead head) throws Refused {
    long length = WsgiRequest.UNKNOWN_LENGTH;
    for (int i = 0; i < head.size(); i++) {
      if (head.name(i).role() == Role.CONTENT_LENGTH) {
        if (length >= 0) {
          throw Refused.badRequest("Content-Length twice");
        }
        length = Http1Framing.parseLength(head.value(i));
      }
    }
    return length;
  }

  static boolean expectsContinue(RequestHead head) throws Refused {
    String expect = head.first(Role.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw new Refused(FailureCode.EXPECTATION_FAILED, "Expect: " + expect);
    }
    return expect != null;
  }

  /**
   * @param addLength Content-Length to be added, or -1
   * @return null where a name or value holds what it must not
   */
  static Http2Headers answer(ResponseHead answer, long addLength, LoopState loop) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    headers.status(Integer.toString(answer.status()));
    String[] fields = answer.fields();
    boolean date = false;
    boolean server = false;
    for (int i = 0; i < fields.length; i += 2) {
      String name = fields[i];
      if (ResponseFields.isConnectionLevel(name)
          || ResponseFields.isContentLength(name)
              && !ResponseFields.mayHaveLength(answer.status())) {
        continue;
      }
      if (!Grammar.isToken(name)
          || !fields[i + 1].chars().allMatch(c -> Grammar.isValue((char) c))) {
        return null;
      }
      date |= ResponseFields.isDate(name);
      server |= ResponseFields.isServer(name);
      headers.add(name.toLowerCase(Locale.ROOT), fields[i + 1]);
    }
    if (addLength >= 0) {
      headers.add("content-length", Long.toString(addLength));
    }
    if (!date) {
      headers.add("date", loop.dateText());
    }
    if (!server) {
      headers.add("server", loop.server());
    }
    return headers;
  }

  private static String text(CharSequence text) {
    return text == null ? "" : text.toString();
  }
}
