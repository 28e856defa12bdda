package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * For Jazzer: what a worker's connection brings for an answer. However it is cut it is the same
 * answer or none, and no buffer is kept.
 */
public final class AnswerFuzzer {

  private AnswerFuzzer() {}

  /**
   * @param input a byte that says what was asked (0: HEAD, 1: an upgrade, else GET), and the answer
   * @throws AssertionError where a rule is broken
   */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Random random = new Random(Arrays.hashCode(input));
    String whole = new Reading(input[0]).of(input, input.length, random);
    String pieces = new Reading(input[0]).of(input, 1 + input.length / 8, random);
    if (!whole.equals(pieces)) {
      throw new AssertionError("whole: " + whole + ", in pieces: " + pieces);
    }
  }

  /** What a parser says, but for where it was cut. */
  private static final class Reading implements ResponseParser.Sink {

    private final StringBuilder head = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final ResponseParser parser = new ResponseParser(this);
    private int ends;

    Reading(int asked) {
      if (asked == 1) {
        parser.expectUpgrade();
      } else {
        parser.expect(asked == 0);
      }
    }

    String of(byte[] input, int most, Random random) {
      boolean valid = true;
      for (int at = 1; valid && at < input.length; ) {
        int rest = input.length - at;
        int size = most >= rest ? rest : 1 + random.nextInt(most);
        ByteBuf piece = Unpooled.copiedBuffer(input, at, size);
        try {
          parser.read(piece);
        } catch (InvalidAnswer e) {
          valid = false;
        }
        if (piece.refCnt() != 0) {
          throw new AssertionError("a buffer is kept");
        }
        at += size;
      }
      // What was passed on of an answer that turns out invalid depends on where it was cut.
      return valid ? head + " " + body + (ends > 0 ? " ended, closes " + parser.closes() : "") : "";
    }

    @Override
    public void bodyWanted() {
      head.append("wanted ");
    }

    @Override
    public void whole(ResponseHead answer, ByteBuf block) {
      head(answer);
      block(block);
      end();
    }

    @Override
    public void head(ResponseHead answer) {
      if (answer.status() < 101 || answer.status() > 999) {
        throw new AssertionError("status " + answer.status());
      }
      for (String text : answer.fields()) {
        if (text.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
          throw new AssertionError("a line within a field: " + text);
        }
      }
      head.append(answer.status()).append(answer.reason()).append(Arrays.asList(answer.fields()));
    }

    @Override
    public void block(ByteBuf block) {
      body.append(block.toString(StandardCharsets.ISO_8859_1));
      block.release();
    }

    @Override
    public void end() {
      if (++ends > 1) {
        throw new AssertionError("two ends");
      }
    }
  }
}
