package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.http.RequestCorpus.Pieces;
import dev.kubewsgi.gateway.http.RequestCorpus.Replay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the {@link RequestCorpus}: each request whole, byte by byte and in random pieces. */
@Timeout(60)
final class RequestCorpusTest {

  static List<String> valid() throws IOException {
    return RequestCorpus.valid();
  }

  static List<String> invalid() throws IOException {
    return RequestCorpus.invalid();
  }

  @Test
  void theCorpusIsThere() throws IOException {
    assertTrue(valid().size() >= 67, "valid requests");
    assertTrue(invalid().size() >= 226, "invalid requests");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void isAnsweredAlikeInAnyPieces(String name) throws IOException {
    byte[] request = RequestCorpus.read(name);
    String expected = RequestCorpus.expected(name);
    for (Pieces pieces : RequestCorpus.splits(request)) {
      assertEquals(expected, replay(request, pieces).text(), () -> "pieces " + pieces);
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void isRefusedAlikeInAnyPiecesAndClosed(String name) throws IOException {
    byte[] request = RequestCorpus.read(name);
    int status = RequestCorpus.status(name);
    for (Pieces pieces : RequestCorpus.splits(request)) {
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
    List<String> names = RequestCorpus.all();
    for (int i = 0; i < 3000; i++) {
      String name = names.get(random.nextInt(names.size()));
      byte[] request = RequestCorpus.spoilt(RequestCorpus.read(name), random);
      Replay whole = replay(request, new Pieces(request.length, random));
      Replay pieces =
          replay(request, new Pieces(request.length > RequestCorpus.LONG ? 5000 : 3, random));
      String text = new String(request, StandardCharsets.ISO_8859_1);
      assertEquals(whole.outcome(), pieces.outcome(), () -> name + ": " + text);
    }
  }

  private static Replay replay(byte[] request, Pieces pieces) throws IOException {
    return RequestCorpus.replay(Applications.echo(), request, pieces);
  }
}
