package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays {@code src/test/requests}: raw bytes, each whole, byte by byte and in random pieces.
 * {@code valid/NAME.expected} has a line for each answer; {@code invalid/NAME.STATUS.http} names
 * the status that the last answer has before the connection is closed.
 */
@Timeout(60)
final class RequestCorpusTest {

  private static final Path REQUESTS = Path.of("src/test/requests");
  private static final int LONG = 2000; // byte by byte is for requests up to this size

  static Stream<String> valid() throws IOException {
    return names("valid");
  }

  static Stream<String> invalid() throws IOException {
    return names("invalid");
  }

  private static Stream<String> names(String folder) throws IOException {
    try (Stream<Path> files = Files.list(REQUESTS.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".http"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void theCorpusIsThere() throws IOException {
    assertTrue(valid().count() >= 38, "valid requests");
    assertTrue(invalid().count() >= 163, "invalid requests");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void isAnsweredAlikeInAnyPieces(String name) throws IOException {
    byte[] request = Files.readAllBytes(REQUESTS.resolve("valid").resolve(name));
    String expected =
        Files.readString(
            REQUESTS.resolve("valid").resolve(name.replace(".http", ".expected")),
            StandardCharsets.ISO_8859_1);
    for (Pieces pieces : splits(request)) {
      assertEquals(expected, replay(request, pieces).text(), () -> "pieces " + pieces);
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void isRefusedAlikeInAnyPiecesAndClosed(String name) throws IOException {
    byte[] request = Files.readAllBytes(REQUESTS.resolve("invalid").resolve(name));
    String[] parts = name.split("\\.");
    int status = Integer.parseInt(parts[parts.length - 2]);
    for (Pieces pieces : splits(request)) {
      Replay replay = replay(request, pieces);
      Answer last = replay.answers().getLast();
      assertEquals(status, last.status(), () -> "status of " + replay.text());
      assertTrue(last.body().contains("KW4"), last.body());
      assertEquals("close", last.field("Connection"));
      assertFalse(replay.open(), "the connection is still open");
    }
  }

  /** Whatever bytes come, how they are cut changes nothing, and nothing hangs or is left open. */
  @Test
  void whatIsSpoiltAtRandomIsReadAlikeInAnyPieces() throws IOException {
    Random random = new Random(11);
    List<String> names = Stream.concat(valid(), invalid()).toList();
    for (int i = 0; i < 3000; i++) {
      String name = names.get(random.nextInt(names.size()));
      Path folder = REQUESTS.resolve(name.matches(".*\\.\\d{3}\\.http") ? "invalid" : "valid");
      byte[] request = spoilt(Files.readAllBytes(folder.resolve(name)), random);
      Replay whole = replay(request, new Pieces(request.length, random));
      Replay pieces = replay(request, new Pieces(request.length > LONG ? 5000 : 3, random));
      String text = new String(request, StandardCharsets.ISO_8859_1);
      assertEquals(whole.outcome(), pieces.outcome(), () -> name + ": " + text);
    }
  }

  /** Some bytes changed, left out or doubled, with a liking for those that mean something. */
  private static byte[] spoilt(byte[] request, Random random) {
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
  private record Replay(List<Answer> answers, boolean open) {

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

  private static List<Pieces> splits(byte[] request) {
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
  private record Pieces(int most, Random random) {

    int next(int rest) {
      return most > rest && most > 1 && rest > 1 ? rest : 1 + random.nextInt(Math.min(most, rest));
    }
  }

  private static Replay replay(byte[] request, Pieces pieces) throws IOException {
    Shared shared =
        new Shared(
            Applications.everywhere(Applications.echo()),
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
    assertEquals(0, shared.stats().snapshot().inFlight(), "requests left open");
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
