package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads answers in the canonical form, straight from the bytes as they come: HTTP/1.1 (RFC 9112)
 * with every leniency left out, as both ends are ours. Bodies are passed on as slices, uncopied.
 * Not thread-safe: one for each connection.
 */
final class ResponseParser {

  /** What an answer consists of, in this order. Buffers are the receiver's to release. */
  interface Sink {

    /** 100: the worker wants the request's body. */
    void bodyWanted() throws InvalidAnswer;

    /** A head and its whole body at once; nothing follows. */
    void whole(ResponseHead head, ByteBuf body);

    void head(ResponseHead head);

    void block(ByteBuf block);

    void end();
  }

  private enum State {
    IDLE,
    HEAD,
    LENGTH,
    CHUNK_LINE,
    CHUNK,
    CHUNK_END,
    LAST_LINE
  }

  /** As much as mod_wsgi's response headers could take together, and plenty. */
  private static final int HEAD_LIMIT = 65_536;

  private static final int USUAL_HEAD = 512;
  private static final int CHUNK_LINE_LIMIT = 18;
  private static final int MAX_LENGTH_DIGITS = 18;
  private static final int CONTINUE = 100;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;
  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

  private final Sink sink;
  private State state = State.IDLE;
  private boolean bodiless;
  private boolean upgrading;
  private byte[] line = new byte[USUAL_HEAD];
  private int size;
  private long left;

  // Of the head that is being parsed.
  private String[] fields = new String[32];
  private int count;
  private long contentLength;
  private boolean chunked;
  private boolean closes;

  ResponseParser(Sink sink) {
    this.sink = sink;
  }

  /**
   * The next bytes are to be an answer.
   *
   * @param toHead whether the request's method was HEAD, so that no body follows (RFC 9110, 9.3.2)
   */
  void expect(boolean toHead) {
    state = State.HEAD;
    bodiless = toHead;
    upgrading = false;
    size = 0;
  }

  /** The next bytes are to be the answer to an Upgrade: 101, or why not. */
  void expectUpgrade() {
    expect(false);
    upgrading = true;
  }

  /** Whether the answer said that the connection ends with it. */
  boolean closes() {
    return closes;
  }

  /** Takes all of the bytes and releases them. */
  void read(ByteBuf in) throws InvalidAnswer {
    try {
      while (in.isReadable()) {
        step(in);
      }
    } finally {
      in.release();
    }
  }

  private void step(ByteBuf in) throws InvalidAnswer {
    switch (state) {
      case IDLE -> throw new InvalidAnswer("bytes that belong to no answer");
      case HEAD -> head(in);
      case LENGTH -> lengthBody(in);
      case CHUNK_LINE -> chunkLine(in);
      case CHUNK -> chunk(in);
      case CHUNK_END -> chunkEnd(in);
      case LAST_LINE -> lastLine(in);
    }
  }

  private void head(ByteBuf in) throws InvalidAnswer {
    int before = size;
    int start = in.readerIndex();
    int taken = Math.min(in.readableBytes(), Math.max(USUAL_HEAD, size));
    reserve(taken);
    in.readBytes(line, size, taken);
    size += taken;
    int end = headEnd(Math.max(before, 3));
    if (end < 0) {
      if (size > HEAD_LIMIT) {
        throw new InvalidAnswer("the head of the answer is longer than " + HEAD_LIMIT + " bytes");
      }
      return;
    }
    in.readerIndex(start + end - before);
    size = 0;
    answer(parse(end), in);
  }

  private int headEnd(int from) {
    byte[] b = line;
    for (int i = from; i < size; i++) {
      if (b[i] == '\n' && b[i - 1] == '\r' && b[i - 2] == '\n' && b[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  private void answer(ResponseHead head, ByteBuf in) throws InvalidAnswer {
    int status = head.status();
    if (status == CONTINUE) {
      sink.bodyWanted();
      return;
    }
    if (bodiless
        || status == SWITCHING_PROTOCOLS
        || status == NO_CONTENT
        || status == NOT_MODIFIED
        || (contentLength == 0 && !chunked)) {
      over(in);
      sink.whole(head, Unpooled.EMPTY_BUFFER);
    } else if (chunked) {
      state = State.CHUNK_LINE;
      sink.head(head);
    } else if (contentLength < 0) {
      throw new InvalidAnswer("an answer has neither Content-Length nor Transfer-Encoding");
    } else if (in.readableBytes() >= contentLength) {
      ByteBuf body = in.readRetainedSlice((int) contentLength);
      whole(head, body, in);
    } else {
      state = State.LENGTH;
      left = contentLength;
      sink.head(head);
    }
  }

  private void whole(ResponseHead head, ByteBuf body, ByteBuf in) throws InvalidAnswer {
    if (in.isReadable()) {
      body.release();
    }
    over(in);
    sink.whole(head, body);
  }

  /** Comes before the sink hears of the end, since the sink may begin the next request. */
  private void over(ByteBuf in) throws InvalidAnswer {
    if (in.isReadable()) {
      throw new InvalidAnswer("bytes follow the end of the answer");
    }
    state = State.IDLE;
  }

  private void lengthBody(ByteBuf in) throws InvalidAnswer {
    int size = (int) Math.min(left, in.readableBytes());
    left -= size;
    sink.block(in.readRetainedSlice(size));
    if (left == 0) {
      over(in);
      sink.end();
    }
  }

  private void chunkLine(ByteBuf in) throws InvalidAnswer {
    if (!line(in, CHUNK_LINE_LIMIT)) {
      return;
    }
    left = chunkSize(size - 2);
    size = 0;
    state = left == 0 ? State.LAST_LINE : State.CHUNK;
  }

  private void chunk(ByteBuf in) {
    int size = (int) Math.min(left, in.readableBytes());
    left -= size;
    state = left == 0 ? State.CHUNK_END : State.CHUNK;
    sink.block(in.readRetainedSlice(size));
  }

  private void chunkEnd(ByteBuf in) throws InvalidAnswer {
    if (line(in, 2)) {
      size = 0;
      state = State.CHUNK_LINE;
    }
  }

  private void lastLine(ByteBuf in) throws InvalidAnswer {
    if (line(in, 2)) {
      size = 0;
      over(in);
      sink.end();
    }
  }

  /** Whether a line of at most {@code limit} bytes, CR LF included, has been read to its end. */
  private boolean line(ByteBuf in, int limit) throws InvalidAnswer {
    while (in.isReadable()) {
      reserve(1);
      line[size++] = in.readByte();
      if (size >= 2 && line[size - 1] == '\n' && line[size - 2] == '\r') {
        return true;
      }
      if (size >= limit) {
        throw new InvalidAnswer("a chunk of the answer is malformed");
      }
    }
    return false;
  }

  private long chunkSize(int end) throws InvalidAnswer {
    long value = 0;
    for (int i = 0; i < end; i++) {
      int digit = line[i] < 0 ? -1 : Character.digit(line[i], 16);
      if (digit < 0 || i == 15) {
        throw new InvalidAnswer("the size of a chunk of the answer is malformed");
      }
      value = value << 4 | digit;
    }
    if (end == 0) {
      throw new InvalidAnswer("the size of a chunk of the answer is missing");
    }
    return value;
  }

  private ResponseHead parse(int end) throws InvalidAnswer {
    count = 0;
    contentLength = -1;
    chunked = false;
    closes = false;
    int lineEnd = lineEnd(0);
    int status = status(lineEnd);
    String reason = text(Math.min(VERSION.length + 4, lineEnd), lineEnd);
    for (int at = lineEnd + 2; at < end - 2; at = lineEnd + 2) {
      lineEnd = lineEnd(at);
      field(at, lineEnd);
    }
    if (chunked && contentLength >= 0) {
      throw new InvalidAnswer("an answer has both Content-Length and Transfer-Encoding");
    }
    return new ResponseHead(status, reason, Arrays.copyOf(fields, count));
  }

  /** Index of the CR that ends the line; no other CR, LF or NUL occurs in it. */
  private int lineEnd(int from) throws InvalidAnswer {
    byte[] b = line;
    int i = from;
    while (b[i] > '\r' || (b[i] != '\r' && b[i] != '\n' && b[i] != 0)) {
      i++;
    }
    if (b[i] != '\r' || b[i + 1] != '\n') {
      throw new InvalidAnswer("a line of the answer's head ends in something else than CR LF");
    }
    return i;
  }

  private int status(int lineEnd) throws InvalidAnswer {
    int digits = VERSION.length;
    boolean valid =
        lineEnd >= digits + 3
            && Arrays.equals(line, 0, digits, VERSION, 0, digits)
            && (lineEnd == digits + 3 || line[digits + 3] == ' ');
    int status = 0;
    for (int i = digits; valid && i < digits + 3; i++) {
      valid = line[i] >= '0' && line[i] <= '9';
      status = 10 * status + line[i] - '0';
    }
    boolean known =
        status >= 200 || status == CONTINUE || (upgrading && status == SWITCHING_PROTOCOLS);
    if (!valid || !known) {
      throw new InvalidAnswer("the status line of the answer is malformed");
    }
    return status;
  }

  private void field(int at, int lineEnd) throws InvalidAnswer {
    int colon = at;
    while (colon < lineEnd && line[colon] > ' ' && line[colon] != ':' && line[colon] != 0x7f) {
      colon++;
    }
    if (colon == at || colon + 1 >= lineEnd || line[colon] != ':' || line[colon + 1] != ' ') {
      throw new InvalidAnswer("a field of the answer's head is malformed");
    }
    String name = text(at, colon);
    String value = text(colon + 2, lineEnd);
    if (!connectionLevel(name, value)) {
      add(name, value);
    }
  }

  /** Fields about this connection alone are obeyed and go no further. */
  private boolean connectionLevel(String name, String value) throws InvalidAnswer {
    switch (name.length()) {
      case 10 -> {
        if (name.equalsIgnoreCase("Connection")) {
          closes |= value.equalsIgnoreCase("close");
          return true;
        }
        return name.equalsIgnoreCase("Keep-Alive");
      }
      case 14 -> {
        if (name.equalsIgnoreCase("Content-Length")) {
          contentLength = length(value);
        }
        return false;
      }
      case 17 -> {
        if (name.equalsIgnoreCase("Transfer-Encoding")) {
          chunked(value);
          return true;
        }
        return false;
      }
      default -> {
        return false;
      }
    }
  }

  private void chunked(String value) throws InvalidAnswer {
    if (chunked || !value.equals("chunked")) {
      throw new InvalidAnswer("the answer's Transfer-Encoding is not chunked");
    }
    chunked = true;
  }

  private long length(String value) throws InvalidAnswer {
    boolean digits = !value.isEmpty() && value.length() <= MAX_LENGTH_DIGITS;
    for (int i = 0; digits && i < value.length(); i++) {
      digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
    }
    if (!digits || contentLength >= 0) {
      throw new InvalidAnswer("the answer's Content-Length is malformed or given twice");
    }
    return Long.parseLong(value);
  }

  private void add(String name, String value) {
    if (count == fields.length) {
      fields = Arrays.copyOf(fields, 2 * count);
    }
    fields[count++] = name;
    fields[count++] = value;
  }

  private String text(int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private void reserve(int more) {
    if (size + more > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, size + more));
    }
  }
}
