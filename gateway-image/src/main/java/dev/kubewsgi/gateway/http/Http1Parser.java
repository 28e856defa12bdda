package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads HTTP/1 requests from bytes that come in any pieces, by the letter of RFC 9112: lines end in
 * CRLF, nothing is folded, repaired or guessed. After a {@link Refused} the rest of the connection
 * cannot be understood and it must be closed.
 *
 * <p>Order of calls: {@link #parseHead} until true, then {@link #parseBody} until {@link
 * #bodyEnded}, then the next head.
 */
final class Http1Parser {

  /** Apache's LimitRequestFields. It also bounds the work that joining repeated fields takes. */
  private static final int MOST_FIELDS = 100;

  /** A chunk's size and its extensions, which mean nothing to anybody. */
  private static final int LONGEST_CHUNK_LINE = 256;

  private static final int MOST_CHUNK_DIGITS = 15; // fits a long without overflow

  private enum State {
    REQUEST_LINE,
    FIELDS,
    FIXED_BODY,
    CHUNK_LINE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    BODY_ENDED
  }

  private final HeaderNames headerNames;
  private State state = State.REQUEST_LINE;
  private boolean skippedEmptyLine;
  private int scanned; // bytes of the unfinished line that are known to hold no LF
  private int sectionBytes;
  private RequestHead head;
  private Http1Framing framing;
  private long remaining;
  private long bodyBytes;

  Http1Parser(HeaderNames headerNames) {
    this.headerNames = headerNames;
  }

  /** The request line and fields; set once {@link #parseHead} returned true. */
  RequestHead head() {
    return head;
  }

  Http1Framing framing() {
    return framing;
  }

  boolean bodyEnded() {
    return state == State.BODY_ENDED;
  }

  /** How much of the body is still to come; meaningless while it is chunked. */
  long remaining() {
    return remaining;
  }

  /** Whether nothing of a next request has been read. */
  boolean betweenRequests() {
    return state == State.REQUEST_LINE && scanned == 0 && !skippedEmptyLine;
  }

  /**
   * Consumes what it can of a request line and header section.
   *
   * @return true when they are complete
   */
  boolean parseHead(ByteBuf in, Limits limits) throws Refused {
    if (state == State.BODY_ENDED) {
      nextRequest();
    }
    while (in.isReadable()) {
      int limit =
          state == State.REQUEST_LINE ? limits.requestLine() : limits.headers() - sectionBytes;
      byte[] line = readLine(in, limit);
      if (line == null) {
        return false;
      }
      if (state == State.REQUEST_LINE) {
        requestLine(line);
      } else if (line.length > 0) {
        field(line, head);
      } else {
        headEnded();
        return true;
      }
    }
    return false;
  }

  private void nextRequest() {
    state = State.REQUEST_LINE;
    skippedEmptyLine = false;
    scanned = 0;
    sectionBytes = 0;
    head = null;
    framing = null;
    bodyBytes = 0;
  }

  /** The next line without its CRLF, or null until it is complete. */
  private byte[] readLine(ByteBuf in, int limit) throws Refused {
    int start = in.readerIndex();
    int lf = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
    int length = (lf < 0 ? in.writerIndex() : lf) - 1 - start; // without the CR, come or to come
    if (length > limit) {
      throw tooLong(limit);
    }
    if (lf < 0) {
      scanned = in.readableBytes();
      return null;
    }
    if (lf == start || in.getByte(lf - 1) != '\r') {
      throw Refused.badRequest("a line ends in LF without CR");
    }
    byte[] line = new byte[length];
    in.readBytes(line).skipBytes(2);
    scanned = 0;
    sectionBytes += state == State.REQUEST_LINE ? 0 : length + 2;
    return line;
  }

  private Refused tooLong(int limit) {
    return switch (state) {
      case REQUEST_LINE ->
          new Refused(FailureCode.REQUEST_LINE_TOO_LONG, "more than " + limit + " bytes");
      case CHUNK_LINE -> Refused.badRequest("a chunk's first line is too long");
      case CHUNK_END -> Refused.badRequest("a chunk is longer than its size");
      default -> new Refused(FailureCode.HEADERS_TOO_LARGE, "more than the limit in bytes");
    };
  }

  private void requestLine(byte[] line) throws Refused {
    if (line.length == 0 && !skippedEmptyLine) {
      skippedEmptyLine = true; // RFC 9112 section 2.2
      return;
    }
    int methodEnd = 0;
    while (methodEnd < line.length && Grammar.isToken(line[methodEnd])) {
      methodEnd++;
    }
    int targetEnd = methodEnd + 1;
    while (targetEnd < line.length && Grammar.isTarget(line[targetEnd])) {
      targetEnd++;
    }
    if (methodEnd == 0
        || targetEnd >= line.length
        || line[methodEnd] != ' '
        || line[targetEnd] != ' '
        || targetEnd == methodEnd + 1) {
      throw Refused.badRequest("the request line is not method, target, version");
    }
    String protocol = protocol(line, targetEnd + 1);
    head =
        new RequestHead(text(line, 0, methodEnd), text(line, methodEnd + 1, targetEnd), protocol);
    state = State.FIELDS;
  }

  /** RFC 9112 section 2.3; a later minor version is spoken to as 1.1. */
  private static String protocol(byte[] line, int from) throws Refused {
    boolean named =
        line.length == from + 8
            && text(line, from, from + 5).equals("HTTP/")
            && Grammar.isDigit(line[from + 5])
            && line[from + 6] == '.'
            && Grammar.isDigit(line[from + 7]);
    if (!named) {
      throw Refused.badRequest("the version is not HTTP/ and two digits");
    }
    if (line[from + 5] != '1') {
      throw new Refused(FailureCode.VERSION_UNSUPPORTED, text(line, from, line.length));
    }
    return line[from + 7] == '0' ? "HTTP/1.0" : "HTTP/1.1";
  }

  private void field(byte[] line, RequestHead into) throws Refused {
    int colon = 0;
    while (colon < line.length && Grammar.isToken(line[colon])) {
      colon++;
    }
    if (colon == 0 || colon == line.length || line[colon] != ':') {
      throw Refused.badRequest(
          line[0] == ' ' || line[0] == '\t'
              ? "a header field is folded"
              : "a header field is not a name, a colon and a value");
    }
    int from = colon + 1;
    int to = line.length;
    while (from < to && isBlank(line[from])) {
      from++;
    }
    while (from < to && isBlank(line[to - 1])) {
      to--;
    }
    for (int i = from; i < to; i++) {
      if (!Grammar.isValue(line[i])) {
        throw Refused.badRequest("a control character in a header field");
      }
    }
    if (into != null) {
      if (into.size() == MOST_FIELDS) {
        throw new Refused(
            FailureCode.HEADERS_TOO_LARGE, "more than " + MOST_FIELDS + " header fields");
      }
      into.add(headerNames.of(line, 0, colon), text(line, from, to));
    }
  }

  private void headEnded() throws Refused {
    framing = Http1Framing.of(head);
    remaining = framing.contentLength();
    sectionBytes = 0;
    if (framing.chunked()) {
      state = State.CHUNK_LINE;
    } else {
      state = remaining > 0 ? State.FIXED_BODY : State.BODY_ENDED;
    }
  }

  /**
   * The next block of the body as a retained slice, or null until more bytes come or the body has
   * ended.
   */
  ByteBuf parseBody(ByteBuf in, Limits limits) throws Refused {
    while (in.isReadable() && state != State.BODY_ENDED) {
      if (state == State.FIXED_BODY || state == State.CHUNK) {
        return block(in);
      }
      byte[] line = readLine(in, bodyLineLimit(limits));
      if (line == null) {
        return null;
      }
      switch (state) {
        case CHUNK_LINE -> chunkLine(line, limits);
        case CHUNK_END -> state = State.CHUNK_LINE;
        case TRAILERS -> trailer(line);
        default -> throw new IllegalStateException("no body in " + state);
      }
    }
    return null;
  }

  private int bodyLineLimit(Limits limits) {
    return switch (state) {
      case CHUNK_LINE -> LONGEST_CHUNK_LINE;
      case CHUNK_END -> 0;
      default -> limits.headers() - sectionBytes;
    };
  }

  private ByteBuf block(ByteBuf in) {
    ByteBuf block = in.readRetainedSlice((int) Math.min(remaining, in.readableBytes()));
    remaining -= block.readableBytes();
    if (remaining == 0) {
      state = state == State.CHUNK ? State.CHUNK_END : State.BODY_ENDED;
    }
    return block;
  }

  private void chunkLine(byte[] line, Limits limits) throws Refused {
    int end = 0;
    long size = 0;
    while (end < line.length && Grammar.hexDigit(line[end]) >= 0) {
      size = 16 * size + Grammar.hexDigit(line[end++]);
      if (end > MOST_CHUNK_DIGITS) {
        throw Refused.badRequest("a chunk's size is too long");
      }
    }
    if (end == 0 || !isExtension(line, end)) {
      throw Refused.badRequest("a chunk's size is not a hexadecimal number");
    }
    bodyBytes += size;
    if (limits.body() > 0 && bodyBytes > limits.body()) {
      throw new Refused(
          FailureCode.BODY_TOO_LARGE, "chunks of more than " + limits.body() + " bytes");
    }
    remaining = size;
    sectionBytes = 0;
    state = size > 0 ? State.CHUNK : State.TRAILERS;
  }

  /** RFC 9112 section 7.1.1: nothing, or a semicolon and whatever a field's value may hold. */
  private static boolean isExtension(byte[] line, int from) {
    int at = from;
    while (at < line.length && isBlank(line[at])) {
      at++;
    }
    if (at == line.length) {
      return at == from;
    }
    for (int i = at; i < line.length; i++) {
      if (!Grammar.isValue(line[i])) {
        return false;
      }
    }
    return line[at] == ';';
  }

  /** Trailers are checked and forgotten: WSGI has no place for them. */
  private void trailer(byte[] line) throws Refused {
    if (line.length > 0) {
      field(line, null);
    } else {
      state = State.BODY_ENDED;
    }
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || c == '\t';
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
