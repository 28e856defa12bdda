package dev.kubewsgi.pods.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * A connection of HTTP/1.1 that is used again. It is not a client of a library, because these send
 * some requests again, by themselves, when a connection breaks: here each request is sent once.
 */
final class Connection implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  /** The status, and the whole body. */
  record Answer(int status, String body) {}

  private final SocketChannel channel;
  private final Socket socket;
  private final InputStream in;
  private boolean ends;

  Connection(InetSocketAddress address) throws IOException {
    channel = SocketChannel.open();
    socket = channel.socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(address, PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether a request can be sent: the server has not ended it, and has not said that it will. */
  boolean isUsable() throws IOException {
    if (ends || in.available() > 0) {
      return false;
    }
    channel.configureBlocking(false);
    int read = channel.read(ByteBuffer.allocate(1));
    channel.configureBlocking(true);
    return read == 0;
  }

  /**
   * Sends a request and reads its answer whole.
   *
   * @throws IOException whatever of it is missing
   */
  Answer ask(byte[] head, byte[] body) throws IOException {
    var out = socket.getOutputStream();
    out.write(head);
    out.write(body);
    out.flush();
    String[] status = line().split(" ", 3);
    if (status.length < 2) {
      throw new IOException("no status line: " + String.join(" ", status));
    }
    int length = -1;
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("connection:") && lower.contains("close")) {
        ends = true;
      }
    }
    byte[] content = length < 0 ? in.readAllBytes() : in.readNBytes(length);
    if (content.length < length) {
      throw new EOFException(content.length + " of " + length + " bytes of a body");
    }
    return new Answer(Integer.parseInt(status[1]), new String(content, ISO_8859_1));
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended after: " + line);
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
