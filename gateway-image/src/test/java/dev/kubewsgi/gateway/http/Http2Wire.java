package dev.kubewsgi.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.IntConsumer;

/**
 * A connection of HTTP/2 frame by frame (RFC 9113 section 4.1), for what clients hide and for what
 * none would send. What is sent is gathered until {@link #flush}.
 */
final class Http2Wire implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  static final int HEADER_TABLE_SIZE = 1;
  static final int INITIAL_WINDOW_SIZE = 4;

  private static final int PATIENCE_MILLIS = 20_000;

  /** GET, http, / of the static table, and the authority h. */
  private static final String GET = "828684" + "410168";

  /** POST, http, / of the static table, and the authority h. */
  private static final String POST = "838684" + "410168";

  /** A frame as it came. */
  record Frame(int type, int flags, int stream, ByteBuffer payload) {}

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();

  /** Connects and sends the preface. */
  Http2Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    gathered.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(SETTINGS, 0, 0);
    flush();
  }

  /** Gathers a frame. */
  Http2Wire frame(int type, int flags, int stream, byte... payload) {
    ByteBuffer head = ByteBuffer.allocate(9).putInt(payload.length << 8 | type);
    gathered.writeBytes(head.put((byte) flags).putInt(stream).array());
    gathered.writeBytes(payload);
    return this;
  }

  /** Gathers a frame whose payload are numbers of four bytes. */
  Http2Wire numbers(int type, int flags, int stream, int... numbers) {
    ByteBuffer payload = ByteBuffer.allocate(4 * numbers.length);
    for (int number : numbers) {
      payload.putInt(number);
    }
    return frame(type, flags, stream, payload.array());
  }

  Http2Wire setting(int name, int value) {
    return frame(
        SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) name).putInt(value).array());
  }

  /** Gathers a whole GET of {@code /}. */
  Http2Wire get(int stream) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, hex(GET));
  }

  /** Gathers a GET with fields more, which no table remembers: names and values by turns. */
  Http2Wire get(int stream, String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(hex(GET));
    for (int i = 0; i < fields.length; i += 2) {
      block.writeBytes(field(fields[i], fields[i + 1]));
    }
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, block.toByteArray());
  }

  /** Gathers a POST whose body is to come. */
  Http2Wire post(int stream) {
    return frame(HEADERS, END_HEADERS, stream, hex(POST));
  }

  /** Gathers the beginning of a GET whose header section goes on. */
  Http2Wire endlessGet(int stream) {
    return frame(HEADERS, END_STREAM, stream, hex(GET));
  }

  /** A field of a header section, neither indexed nor compressed: RFC 7541 section 6.2.2. */
  static byte[] field(String name, String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    string(bytes, name);
    string(bytes, value);
    return bytes.toByteArray();
  }

  private static void string(ByteArrayOutputStream into, String text) {
    int length = text.length();
    if (length < 127) {
      into.write(length);
    } else {
      into.write(127);
      int rest = length - 127;
      for (; rest >= 128; rest >>= 7) {
        into.write(rest & 127 | 128);
      }
      into.write(rest);
    }
    into.writeBytes(text.getBytes(ISO_8859_1));
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  /** Gathers something so often, with the ids of new streams: 1, 3, … */
  Http2Wire times(int count, IntConsumer step) {
    for (int i = 0; i < count; i++) {
      step.accept(2 * i + 1);
    }
    return this;
  }

  /** Sends what was gathered. */
  void flush() throws IOException {
    out.write(gathered.toByteArray());
    out.flush();
    gathered.reset();
  }

  /** The next frame, or null once the connection has ended. */
  Frame next() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      return new Frame(type, flags, stream, ByteBuffer.wrap(in.readNBytes(length)));
    } catch (EOFException e) {
      return null;
    } catch (SocketException e) {
      if (String.valueOf(e.getMessage()).contains("reset")) {
        return null;
      }
      throw e;
    }
  }

  /** The next frame of a type; others are passed over. */
  Frame await(int type) throws IOException {
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == type) {
        return frame;
      }
    }
    throw new EOFException("the connection ended without a frame of type " + type);
  }

  /** The payload of the next frame of a type; others are passed over. */
  ByteBuffer awaitFrame(int type) throws IOException {
    return await(type).payload();
  }

  /** Waits until everything that was sent has been read. */
  void awaitEcho() throws IOException {
    frame(PING, 0, 0, new byte[8]).flush();
    for (Frame frame = await(PING); (frame.flags() & ACK) == 0; ) {
      frame = await(PING);
    }
  }

  /** Reads to the end of the connection; the error of the last GOAWAY, or -1 without one. */
  int errorAtTheEnd() throws IOException {
    int error = -1;
    for (Frame frame = next(); frame != null; frame = next()) {
      error = frame.type() == GOAWAY ? frame.payload().getInt(4) : error;
    }
    return error;
  }

  /** Whether more can be sent: not, once the other end has closed. */
  boolean flushes() {
    try {
      flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
