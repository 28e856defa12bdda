package dev.kubewsgi.gateway.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A socket that sends what it is told and reads what comes. All waits end in a failure. */
final class Client implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;

  Client(int port) {
    this(port, 0);
  }

  /**
   * @param receiveBuffer small, where the client is to be slow at taking; 0: as usual
   */
  Client(int port, int receiveBuffer) {
    try {
      socket = new Socket();
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress("127.0.0.1", port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Client send(String latin1) throws IOException {
    socket.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** As a slow network brings it; what is left once the other end has closed is not sent. */
  void sendInPieces(byte[] bytes, RequestCorpus.Pieces pieces) throws IOException {
    try {
      for (int at = 0; at < bytes.length; ) {
        int size = pieces.next(bytes.length - at);
        socket.getOutputStream().write(bytes, at, size);
        at += size;
      }
    } catch (SocketException e) {
      if (!String.valueOf(e.getMessage()).matches("(?s).*([Bb]roken|reset).*")) {
        throw e;
      }
    }
  }

  /** Reads until {@code text} has come, and returns all up to its end. */
  String readUntil(String text) throws IOException {
    StringBuilder read = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (read.indexOf(text) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /** One answer with a Content-Length. */
  Answer answer() throws IOException {
    Answer head = Answer.head(readUntil("\r\n\r\n").stripTrailing());
    byte[] body = socket.getInputStream().readNBytes(head.length(0));
    return head.with(new String(body, StandardCharsets.ISO_8859_1));
  }

  /** One answer with a Content-Length, passing over 100 (Continue). */
  Answer finalAnswer() throws IOException {
    Answer answer = answer();
    while (answer.status() == 100) {
      answer = answer();
    }
    return answer;
  }

  /** What comes until the server closes, as it does with a reset where bytes were left over. */
  String restOrReset() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(rest);
    } catch (SocketException e) {
      if (!String.valueOf(e.getMessage()).contains("reset")) {
        throw e;
      }
    }
    return rest.toString(StandardCharsets.ISO_8859_1);
  }

  /** What comes until the server closes cleanly. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  List<Answer> answersUntilClose() throws IOException {
    return Answer.parse(rest().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Reads until the connection ends; true when it ended by a reset. */
  boolean endsByReset() throws IOException {
    try {
      socket.getInputStream().transferTo(new ByteArrayOutputStream());
      return false;
    } catch (SocketException e) {
      return e.getMessage().contains("reset");
    }
  }

  int read(byte[] into) throws IOException {
    return socket.getInputStream().read(into);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
