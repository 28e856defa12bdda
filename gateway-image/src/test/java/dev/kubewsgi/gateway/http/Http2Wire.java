package dev.kubewsgi.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A connection of HTTP/2 frame by frame (RFC 9113 section 4.1), for what clients hide. */
final class Http2Wire implements AutoCloseable {

  static final int HEADERS = 1;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;

  private static final int PATIENCE_MILLIS = 20_000;
  private static final String NO_SETTINGS = "000000" + "04" + "00" + "00000000";

  /** On stream 1, with its end: GET, http, / of the static table, and the authority h. */
  private static final String GET = "000006" + "01" + "05" + "00000001" + "828684" + "410168";

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  /** Connects and sends the preface. */
  Http2Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    send(NO_SETTINGS);
  }

  /** Sends a GET of {@code /} on stream 1. */
  void get() throws IOException {
    send(GET);
  }

  private void send(String frame) throws IOException {
    out.write(HexFormat.of().parseHex(frame));
    out.flush();
  }

  /** The payload of the next frame of a type; others are passed over. */
  ByteBuffer awaitFrame(int type) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int found = in.readUnsignedByte();
      in.readUnsignedByte(); // flags
      in.readInt(); // stream
      byte[] payload = in.readNBytes(length);
      if (found == type) {
        return ByteBuffer.wrap(payload);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
