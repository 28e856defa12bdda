package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the head of an HTTP/1 answer: RFC 9112 section 4. One per event loop. */
final class ResponseEncoder {

  /** How the end of a body shows. */
  enum Framing {
    /** By a Content-Length among the fields, or because there can be no body. */
    GIVEN,
    /** By a Content-Length that is to be added. */
    LENGTH,
    CHUNKED,
    /** By the end of the connection. */
    CLOSE
  }

  private static final int USUAL_SIZE = 1024;
  private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] VERSION = ascii("HTTP/1.1 ");

  private final LoopState loop;
  private final byte[] server;
  private byte[] bytes = new byte[USUAL_SIZE];
  private int size;

  ResponseEncoder(LoopState loop, String server) {
    this.loop = loop;
    this.server = ascii("Server: " + server + "\r\n");
  }

  /**
   * Writes status line and fields, and Date and Server where they are missing.
   *
   * @param length of {@link Framing#LENGTH}
   * @param http10 the client must be told that the connection stays
   * @return false, and nothing written, where a name or value would break the message's framing
   */
  boolean encode(
      ByteBuf out, ResponseHead head, Framing framing, long length, boolean close, boolean http10) {
    size = 0;
    put(VERSION);
    putNumber(head.status());
    putByte(' ');
    boolean sound = putValue(head.reason());
    putLineEnd();
    boolean date = false;
    boolean serverSent = false;
    String[] fields = head.fields();
    for (int i = 0; i < fields.length; i += 2) {
      String name = fields[i];
      if (ResponseFields.isConnectionLevel(name)
          || ResponseFields.isContentLength(name) && !ResponseFields.mayHaveLength(head.status())) {
        continue;
      }
      date |= ResponseFields.isDate(name);
      serverSent |= ResponseFields.isServer(name);
      sound &= putName(name);
      putByte(':');
      putByte(' ');
      sound &= putValue(fields[i + 1]);
      putLineEnd();
    }
    if (!date) {
      put(loop.date());
    }
    if (!serverSent) {
      put(server);
    }
    putFraming(framing, length, close, http10);
    putLineEnd();
    if (sound) {
      out.writeBytes(bytes, 0, size);
    }
    return sound;
  }

  private void putFraming(Framing framing, long length, boolean close, boolean http10) {
    if (framing == Framing.LENGTH) {
      put(CONTENT_LENGTH);
      putNumber(length);
      putLineEnd();
    } else if (framing == Framing.CHUNKED) {
      put(CHUNKED);
    }
    if (close) {
      put(CLOSE);
    } else if (http10) {
      put(KEEP_ALIVE);
    }
  }

  private boolean putName(String name) {
    int length = name.length();
    ensure(length);
    boolean token = length > 0;
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      token &= c < 128 && Grammar.isToken((byte) c);
      bytes[size++] = (byte) c;
    }
    return token;
  }

  private boolean putValue(String value) {
    int length = value.length();
    ensure(length);
    boolean sound = true;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      sound &= Grammar.isValue(c);
      bytes[size++] = (byte) c;
    }
    return sound;
  }

  private void putNumber(long number) {
    if (number >= 10) {
      putNumber(number / 10);
    }
    putByte((char) ('0' + number % 10));
  }

  private void putLineEnd() {
    putByte('\r');
    putByte('\n');
  }

  private void putByte(char c) {
    ensure(1);
    bytes[size++] = (byte) c;
  }

  private void put(byte[] text) {
    ensure(text.length);
    System.arraycopy(text, 0, bytes, size, text.length);
    size += text.length;
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
