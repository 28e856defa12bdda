package dev.kubewsgi.operator.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/**
 * A line to an API server that answers in its place, or breaks, for requests that a test chooses.
 * Whoever asks speaks HTTP/1.1 to it, without TLS.
 */
public final class FaultyLine implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)");
  private static final Pattern UPGRADE = Pattern.compile("(?i)\r\nupgrade: *websocket");

  private final ServerSocket door;
  private final URI server;
  private final SocketFactory sockets;
  private final AtomicInteger met = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = new Fault(request -> false, Optional.empty());

  /**
   * What is wrong with the line.
   *
   * @param requests the first lines of those that it befalls, {@code PATCH /api/v1/…}
   * @param answer empty: the connection breaks
   */
  private record Fault(Predicate<String> requests, Optional<byte[]> answer) {}

  private FaultyLine(ServerSocket door, URI server, SocketFactory sockets) {
    this.door = door;
    this.server = server;
    this.sockets = sockets;
  }

  /** One that hands everything on, until it is told otherwise; it shows nobody's certificate. */
  public static FaultyLine to(Config own) throws IOException, GeneralSecurityException {
    Config nobodys =
        new ConfigBuilder(Config.empty())
            .withCaCertData(own.getCaCertData())
            .withCaCertFile(own.getCaCertFile())
            .build();
    var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var line =
        new FaultyLine(
            door, URI.create(own.getMasterUrl()), SSLUtils.sslContext(nobodys).getSocketFactory());
    Thread.startVirtualThread(line::accept);
    return line;
  }

  public int port() {
    return door.getLocalPort();
  }

  /** How many requests the present fault has befallen. */
  int met() {
    return met.get();
  }

  /**
   * Answers requests itself from now on.
   *
   * @param verb such as {@code PATCH}
   * @param path what their path has in it
   */
  void answer(String verb, String path, int code, String message) {
    String body =
        Serialization.asJson(
            new StatusBuilder().withStatus("Failure").withCode(code).withMessage(message).build());
    String head =
        "HTTP/1.1 %d Fault\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(code, body.getBytes(UTF_8).length);
    begin(new Fault(choice(verb, path), Optional.of((head + body).getBytes(UTF_8))));
  }

  /** Breaks the connection that such a request comes on, from now on. */
  void cut(String verb, String path) {
    begin(new Fault(choice(verb, path), Optional.empty()));
  }

  private static Predicate<String> choice(String verb, String path) {
    return request -> request.startsWith(verb + " ") && request.contains(path);
  }

  /** Breaks all connections, and each that anybody makes, as soon as it is asked something. */
  public void lose() throws IOException {
    begin(new Fault(request -> true, Optional.empty()));
    hangUp();
  }

  /** Hands everything on again. */
  public void heal() {
    begin(new Fault(request -> false, Optional.empty()));
  }

  /** Breaks all connections, for good: as if who asks had ended without a word. */
  void drop() throws IOException {
    door.close();
    hangUp();
  }

  private void hangUp() throws IOException {
    for (Socket each : open) {
      each.close();
    }
  }

  private void begin(Fault next) {
    fault = next;
    met.set(0);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        open.add(client);
        if (door.isClosed()) {
          client.close();
        }
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException closed) {
      // Nobody connects any more; connections that are open go on.
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = sockets.createSocket(server.getHost(), server.getPort())) {
      Thread.startVirtualThread(() -> handOn(upstream, client));
      ask(new BufferedInputStream(client.getInputStream()), client, upstream.getOutputStream());
    } catch (IOException ended) {
      // As lines do.
    } finally {
      open.remove(client);
    }
  }

  /** Answers; when there are no more, nothing is asked any more, either. */
  private static void handOn(Socket upstream, Socket client) {
    try (client) {
      upstream.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException ended) {
      // As lines do.
    }
  }

  private void ask(InputStream from, Socket client, OutputStream upstream) throws IOException {
    for (String head = head(from); !head.isEmpty(); head = head(from)) {
      byte[] body = from.readNBytes(length(head));
      Fault now = fault;
      if (!now.requests().test(head.lines().findFirst().orElseThrow())) {
        upstream.write(head.getBytes(ISO_8859_1));
        upstream.write(body);
        upstream.flush();
      } else if (now.answer().isPresent()) {
        met.incrementAndGet();
        client.getOutputStream().write(now.answer().get());
      } else {
        met.incrementAndGet();
        return;
      }
      if (UPGRADE.matcher(head).find()) {
        from.transferTo(upstream);
      }
    }
  }

  /** With the empty line at its end; empty: no other request comes. */
  private static String head(InputStream from) throws IOException {
    var head = new ByteArrayOutputStream();
    int last = from.read();
    while (last >= 0) {
      head.write(last);
      if (last == '\n' && head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(ISO_8859_1);
      }
      last = from.read();
    }
    return "";
  }

  private static int length(String head) {
    Matcher length = LENGTH.matcher(head);
    return length.find() ? Integer.parseInt(length.group(1)) : 0;
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
