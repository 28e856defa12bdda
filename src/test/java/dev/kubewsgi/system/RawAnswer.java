package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An HTTP/1.1 answer as it came over the wire, on a connection that the server closes after it.
 *
 * @param status the number; 0 when the connection ended before there was an answer
 * @param fields as they came, names in lower case
 * @param body without its framing; as far as it came
 * @param complete whether the framing says that nothing is missing
 */
public record RawAnswer(int status, List<String> fields, String body, boolean complete) {

  /** Sends bytes as they are, on this machine, and reads until the connection's end. */
  static RawAnswer to(int port, String request) {
    return to("127.0.0.1", port, request);
  }

  /** Sends bytes as they are and reads until the connection's end. */
  public static RawAnswer to(String host, int port, String request) {
    try {
      return over(new Socket(host, port), request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same on a connection, which is closed then. */
  static RawAnswer over(Socket connection, String request) {
    try (Socket socket = connection) {
      socket.setSoTimeout((int) CommandLine.PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      return parse(readToTheEnd(socket.getInputStream()), request.startsWith("HEAD "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<String> field(String name) {
    return fields.stream()
        .filter(field -> field.startsWith(name + ": "))
        .map(field -> field.substring(name.length() + 2))
        .findFirst();
  }

  /** An aborted connection may end in a reset: what came before it counts. */
  private static String readToTheEnd(InputStream input) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] block = new byte[65536];
    try {
      for (int count; (count = input.read(block)) > 0; ) {
        bytes.write(block, 0, count);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("reset")) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes.toString(ISO_8859_1);
  }

  private static RawAnswer parse(String received, boolean toHead) {
    int end = received.indexOf("\r\n\r\n");
    if (end < 0) {
      return new RawAnswer(0, List.of(), received, false);
    }
    List<String> lines = new ArrayList<>(List.of(received.substring(0, end).split("\r\n")));
    int status = Integer.parseInt(lines.removeFirst().split(" ")[1]);
    String rest = received.substring(end + 4);
    if (status == 100) {
      return parse(rest, toHead);
    }
    lines.replaceAll(RawAnswer::withLowerCaseName);
    RawAnswer head = new RawAnswer(status, List.copyOf(lines), "", true);
    if (toHead || status == 204 || status == 304) {
      return new RawAnswer(status, head.fields, rest, rest.isEmpty());
    }
    if (head.field("transfer-encoding").isPresent()) {
      return withoutChunks(head, rest);
    }
    int length = head.field("content-length").map(Integer::valueOf).orElse(rest.length());
    return new RawAnswer(status, head.fields, rest, rest.length() == length);
  }

  private static RawAnswer withoutChunks(RawAnswer head, String chunked) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    boolean last = false;
    while (!last) {
      int line = chunked.indexOf("\r\n", at);
      if (line < 0) {
        break;
      }
      int size = Integer.parseInt(chunked.substring(at, line), 16);
      int stop = Math.min(chunked.length(), line + 2 + size);
      body.append(chunked, line + 2, stop);
      last = size == 0 && chunked.startsWith("\r\n", stop);
      if (size == 0 || stop + 2 > chunked.length()) {
        break;
      }
      at = stop + 2;
    }
    return new RawAnswer(head.status, head.fields, body.toString(), last);
  }

  private static String withLowerCaseName(String field) {
    int colon = field.indexOf(':');
    return field.substring(0, colon).toLowerCase(Locale.ROOT)
        + ": "
        + field.substring(colon + 1).strip();
  }
}
