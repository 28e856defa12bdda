package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Application;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The raw requests of {@code src/test/requests}, ways to cut and to spoil them, and what the
 * gateway's side of HTTP/1 makes of them, in this thread and without a socket.
 *
 * <p>{@code valid/NAME.expected} has a line for each answer; {@code invalid/NAME.STATUS.http} names
 * the status that the last answer has before the connection is closed.
 */
final class RequestCorpus {

  private static final Path REQUESTS = Path.of("src/test/requests");

  /** Byte by byte is for requests up to this size. */
  static final int LONG = 2000;

  private RequestCorpus() {}

  static List<String> valid() throws IOException {
    return names("valid");
  }

  static List<String> invalid() throws IOException {
    return names("invalid");
  }

  static List<String> all() throws IOException {
    return Stream.concat(valid().stream(), invalid().stream()).toList();
  }

  private static List<String> names(String folder) throws IOException {
    try (Stream<Path> files = Files.list(REQUESTS.resolve(folder))) {
      return files
          .map(file -> folder + "/" + file.getFileName())
          .filter(name -> name.endsWith(".http"))
          .sorted()
          .toList();
    }
  }

  static byte[] read(String name) throws IOException {
    return Files.readAllBytes(REQUESTS.resolve(name));
  }

  /** The answers that a valid request gets. */
  static String expected(String name) throws IOException {
    return Files.readString(
        REQUESTS.resolve(name.replace(".http", ".expected")), StandardCharsets.ISO_8859_1);
  }

  /** The status that an invalid request gets. */
  static int status(String name) {
    String[] parts = name.split("\\.");
    return Integer.parseInt(parts[parts.length - 2]);
  }

  /** Some bytes changed, left out or doubled, with a liking for those that mean something. */
  static byte[] spoilt(byte[] request, Random random) {
    String signs = "\r\n :;,\t\0/%?0aA\u00ff";
    ByteArrayOutputStream spoilt = new ByteArrayOutputStream();
    double rate = 3.0 / request.length;
    for (byte b : request) {
      boolean hit = random.nextDouble() < rate;
      switch (hit ? random.nextInt(3) : 3) {
        case 0 -> spoilt.write(signs.charAt(random.nextInt(signs.length())));
        case 1 -> {}
        case 2 -> {
          spoilt.write(b);
          spoilt.write(b);
        }
        default -> spoilt.write(b);
      }
    }
    return spoilt.toByteArray();
  }

  /** What came back, and whether the connection stayed. */
  record Replay(List<Answer> answers, boolean open) {

    /** Without what differs each time, and without 100, which depends on when the body comes. */
    String outcome() {
      StringBuilder outcome = new StringBuilder(open ? "open" : "closed");
      for (Answer answer : answers) {
        if (answer.status() != 100) {
          outcome.append(' ').append(answer.status());
          outcome.append(answer.status() == 200 ? answer.body() : "");
        }
      }
      return outcome.toString();
    }

    String text() {
      StringBuilder text = new StringBuilder();
      for (Answer answer : answers) {
        boolean own = answer.status() == 404 || answer.body().isEmpty();
        text.append(answer.status()).append(own ? "" : " " + answer.body()).append('\n');
      }
      return text.toString();
    }
  }

  static List<Pieces> splits(byte[] request) {
    List<Pieces> splits = new ArrayList<>();
    splits.add(new Pieces(request.length, new Random(0)));
    if (request.length <= LONG) {
      splits.add(new Pieces(1, new Random(0)));
    }
    for (int seed = 1; seed <= 5; seed++) {
      splits.add(new Pieces(Math.max(2, request.length / 4), new Random(seed)));
    }
    return splits;
  }

  /** How a request is cut: at random, the same each time. */
  record Pieces(int most, Random random) {

    int next(int rest) {
      return most >= rest ? rest : 1 + random.nextInt(most);
    }
  }

  /** What comes back on a connection that is sent these bytes, in these pieces. */
  static Replay replay(Application application, byte[] request, Pieces pieces) throws IOException {
    Shared shared =
        new Shared(
            Applications.everywhere(application),
            new HttpStats(),
            AccessLog.ofLogger(),
            "test",
            "0",
            HttpSettings.of(Settings.plain(0)));
    ConnectionInfo info = new ConnectionInfo("c", "192.0.2.1", "4711", "127.0.0.1", 8000, false);
    EmbeddedChannel channel = new EmbeddedChannel();
    LoopState loop = shared.loop(channel.eventLoop());
    channel.pipeline().addLast(new Http1Connection(shared, loop, () -> false, info));
    for (int at = 0; at < request.length && channel.isOpen(); ) {
      int size = pieces.next(request.length - at);
      channel.writeInbound(Unpooled.copiedBuffer(request, at, size));
      channel.runPendingTasks();
      at += size;
    }
    Replay replay = new Replay(Answer.parse(written(channel)), channel.isOpen());
    channel.close();
    if (shared.stats().snapshot().inFlight() != 0) {
      throw new AssertionError("requests were left open");
    }
    return replay;
  }

  private static byte[] written(EmbeddedChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf block = channel.readOutbound(); block != null; block = channel.readOutbound()) {
      block.readBytes(all, block.readableBytes());
      block.release();
    }
    return all.toByteArray();
  }
}
