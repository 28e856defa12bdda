package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.http.RequestCorpus.Pieces;
import dev.kubewsgi.gateway.http.RequestCorpus.Replay;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/**
 * For Jazzer: what comes on a connection of HTTP/1 (RFC 9112). However it is cut it is the same
 * requests, each is answered, and the connection is never left with one half done.
 */
public final class Http1Fuzzer {

  private Http1Fuzzer() {}

  /**
   * @param input all that a client sends
   * @throws AssertionError where a rule is broken
   */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Random random = new Random(Arrays.hashCode(input));
    Replay whole = replay(input, new Pieces(Math.max(1, input.length), random));
    Replay pieces = replay(input, new Pieces(1 + input.length / 4, random));
    if (!whole.outcome().equals(pieces.outcome())) {
      throw new AssertionError("whole: " + whole.outcome() + ", in pieces: " + pieces.outcome());
    }
    for (Answer answer : whole.answers()) {
      if (answer.status() >= 500 && answer.status() != 501 && answer.status() != 505) {
        throw new AssertionError("status " + answer.status() + ": " + answer.body());
      }
    }
  }

  private static Replay replay(byte[] input, Pieces pieces) throws IOException {
    return RequestCorpus.replay(Applications.echo(), input, pieces);
  }
}
