package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes requests in the canonical form: HTTP/1.1 (RFC 9112) whose field names are the environ's
 * own keys. What would end a line early is refused here, whoever let it through before, because a
 * line too many is a request too many for the worker. Not thread-safe: one for each connection.
 */
final class RequestEncoder {

  /** How the body travels. */
  enum Body {
    /** There is none. */
    NONE,
    /** Right behind the head. */
    ATTACHED,
    /** Sent when the worker asks for it. */
    ON_DEMAND
  }

  /** Names the one callable of a worker that has no other. */
  private static final String ONLY = "*";

  private static final char MOST_ASCII = 0x7e;
  private static final char MOST_LATIN_1 = 0xff;
  private static final int USUAL_SIZE = 2048;
  private static final int MICROS = 1_000_000;
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private Block lastBlock = Block.NONE;
  private byte[] bytes = new byte[USUAL_SIZE];
  private int size;

  /**
   * @param single whether the application group has one callable alone; what a worker of an earlier
   *     revision has in its place then serves until the new one can
   * @param queued when it came into the queue, in microseconds since the epoch
   * @param waited how long it waited there, in microseconds
   * @param body what follows the head with {@link Body#ATTACHED}; not consumed
   * @return the whole head, and the body if it is attached
   */
  ByteBuf encode(
      ByteBufAllocator allocator,
      WsgiRequest request,
      boolean single,
      long queued,
      long waited,
      Body framing,
      ByteBuf body)
      throws UnsendableRequest {
    size = 0;
    requestLine(request);
    long shared = shared(request.environ());
    sharedBlock(request, shared, single);
    fields(request.environ(), ~shared);
    times(request, queued, waited);
    framing(request.contentLength(), framing);
    end();
    int attached = framing == Body.ATTACHED ? body.readableBytes() : 0;
    ByteBuf out = allocator.ioBuffer(size + attached).writeBytes(bytes, 0, size);
    return attached == 0 ? out : out.writeBytes(body, body.readerIndex(), attached);
  }

  private void requestLine(WsgiRequest request) throws UnsendableRequest {
    word(request.method(), MOST_ASCII);
    put(' ');
    word(request.target(), MOST_LATIN_1); // clients send raw UTF-8, as Apache lets them
    ascii(" HTTP/1.1\r\n");
  }

  /** Most requests of a connection are for the same alias: their block is copied, not written. */
  private void sharedBlock(WsgiRequest request, long shared, boolean single)
      throws UnsendableRequest {
    Environ environ = request.environ();
    if (lastBlock.isFor(request, shared, single)) {
      put(lastBlock.bytes);
      return;
    }
    int start = size;
    fields(environ, shared);
    name("KubeWsgi-Script");
    path(single ? ONLY : request.route().script());
    name("KubeWsgi-Callable");
    path(single ? ONLY : request.route().callable());
    lastBlock = new Block(request, shared, single, Arrays.copyOfRange(bytes, start, size));
  }

  /** The fields that the requests of an alias share, as they were written for one of them. */
  private record Block(WsgiRequest request, long shared, boolean single, byte[] bytes) {

    private static final Block NONE = new Block(null, 0, false, new byte[0]);

    boolean isFor(WsgiRequest other, long otherShared, boolean otherSingle) {
      return request != null
          && shared == otherShared
          && single == otherSingle
          && request.route().equals(other.route())
          && hasSameValues(other.environ());
    }

    private boolean hasSameValues(Environ other) {
      Environ environ = request.environ();
      for (long left = shared; left != 0; left &= left - 1) {
        int i = Long.numberOfTrailingZeros(left);
        if (!environ.key(i).equals(other.key(i)) || !environ.value(i).equals(other.value(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Which variables, as a set of bits, are the same for most requests of an alias: they go first,
   * up to KubeWsgi-Callable, because a worker remembers the block that they make. What is beyond
   * the bits goes with the others.
   */
  private static long shared(Environ environ) {
    long bits = 0;
    for (int i = Math.min(environ.size(), Long.SIZE) - 1; i >= 0; i--) {
      bits |= isShared(environ.key(i)) ? 1L << i : 0;
    }
    return bits;
  }

  private static boolean isShared(String key) {
    return switch (key) {
      case "SCRIPT_NAME",
          "SCRIPT_FILENAME",
          "REQUEST_SCHEME",
          "HTTPS",
          "SERVER_NAME",
          "SERVER_PORT",
          "SERVER_PROTOCOL",
          "SERVER_SOFTWARE",
          "HTTP_HOST",
          "wsgi.url_scheme",
          "mod_wsgi.script_name",
          "mod_wsgi.mount_point",
          "mod_wsgi.callable_object",
          "mod_wsgi.listener_host",
          "mod_wsgi.listener_port" ->
          true;
      default -> false;
    };
  }

  private void fields(Environ environ, long which) throws UnsendableRequest {
    for (int i = 0; i < environ.size(); i++) {
      boolean wanted = i < Long.SIZE ? (which >>> i & 1) != 0 : which < 0;
      if (wanted && !isImplied(environ.key(i))) {
        field(environ.key(i), environ.value(i));
      }
    }
  }

  /** What a worker has from the request line, from PATH_INFO or from KubeWsgi-Request. */
  private static boolean isImplied(String key) {
    return switch (key) {
      case "REQUEST_METHOD",
          "REQUEST_URI",
          "mod_wsgi.path_info",
          "mod_wsgi.request_id",
          "mod_wsgi.request_start" ->
          true;
      default -> false;
    };
  }

  /** What every request has, in one field: a worker reads it in a quarter of the time of four. */
  private void times(WsgiRequest request, long queued, long waited) throws UnsendableRequest {
    name("KubeWsgi-Request");
    word(request.id(), MOST_ASCII);
    put(' ');
    seconds(request.start());
    put(' ');
    seconds(queued);
    put(' ');
    seconds(waited);
    end();
  }

  private void field(String key, String value) throws UnsendableRequest {
    token(key);
    put(':');
    put(' ');
    if (key.equals("PATH_INFO") || key.equals("SCRIPT_NAME")) {
      escaped(value);
    } else {
      value(key, value);
    }
    end();
  }

  private void framing(long contentLength, Body framing) {
    if (framing == Body.NONE) {
      return;
    }
    if (contentLength == WsgiRequest.UNKNOWN_LENGTH) {
      ascii("Transfer-Encoding: chunked\r\n");
    } else {
      name("Content-Length");
      number(contentLength);
      end();
    }
    if (framing == Body.ON_DEMAND) {
      ascii("Expect: 100-continue\r\n");
    }
  }

  /** A part of a line that spaces divide: no control character and no space. */
  private void word(String text, char most) throws UnsendableRequest {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 0x7f || c > most) {
        throw new UnsendableRequest("the request line or id holds the character " + (int) c);
      }
      bytes[size++] = (byte) c;
    }
    if (text.isEmpty()) {
      throw new UnsendableRequest("the request line or id lacks a part");
    }
  }

  /** A field's name. */
  private void token(String key) throws UnsendableRequest {
    reserve(key.length());
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == ':') {
        throw new UnsendableRequest("an environ key holds the character " + (int) c);
      }
      bytes[size++] = (byte) c;
    }
  }

  private void value(String key, String text) throws UnsendableRequest {
    int length = text.length();
    reserve(length);
    byte[] out = bytes;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      // HTTP allows a tab wherever it allows a space in a value, with the same meaning.
      if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
        throw new UnsendableRequest(key + " holds the character " + (int) c);
      }
      out[at++] = (byte) (c == '\t' ? ' ' : c);
    }
    size = at;
  }

  /** A decoded path: the one value that may hold any character, percent-encoded where needed. */
  private void escaped(String text) throws UnsendableRequest {
    reserve(3 * text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xff) {
        throw new UnsendableRequest("the path holds the character " + (int) c);
      }
      if (c < 0x20 || c == 0x7f || c == '%') {
        bytes[size++] = '%';
        bytes[size++] = HEX[c >> 4];
        bytes[size++] = HEX[c & 0xf];
      } else {
        bytes[size++] = (byte) c;
      }
    }
  }

  /** A file's path or a Python name, which may hold any character but a line's end: UTF-8. */
  private void path(String text) throws UnsendableRequest {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    reserve(utf8.length);
    for (byte b : utf8) {
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        throw new UnsendableRequest("the script's path holds the character " + b);
      }
      bytes[size++] = b;
    }
    end();
  }

  /** Microseconds as seconds with a fraction. */
  private void seconds(long micros) {
    number(micros / MICROS);
    put('.');
    long fraction = micros % MICROS;
    for (int unit = MICROS / 10; unit > 0; unit /= 10) {
      put('0' + (int) (fraction / unit % 10));
    }
  }

  private void number(long value) {
    if (value >= 10) {
      number(value / 10);
    }
    put('0' + (int) (value % 10));
  }

  private void name(String name) {
    ascii(name);
    put(':');
    put(' ');
  }

  private void end() {
    put('\r');
    put('\n');
  }

  private void ascii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[size++] = (byte) text.charAt(i);
    }
  }

  private void put(byte[] block) {
    reserve(block.length);
    System.arraycopy(block, 0, bytes, size, block.length);
    size += block.length;
  }

  private void put(int b) {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
