package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Raw bytes and what they mean: each row read whole, bytewise and in random pieces. */
class ResponseParserTest {

  /** In the rows, | stands for CR LF. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "length;          HTTP/1.1 200 OK|Content-Length: 5||hello;"
            + "                              200 OK [Content-Length=5] hello",
        "two fields;      HTTP/1.1 404 Not Found|A: b|A: c  d|Content-Length: 0||;"
            + "                  404 Not Found [A=b, A=c  d, Content-Length=0]",
        "no reason;       HTTP/1.1 299 |Content-Length: 1||x; 299  [Content-Length=1] x",
        "bare status;     HTTP/1.1 299|Content-Length: 1||x;  299  [Content-Length=1] x",
        "empty value;     HTTP/1.1 200 OK|X: |Content-Length: 0||; 200 OK [X=, Content-Length=0]",
        "latin-1;         HTTP/1.1 200 Ü|X: é|Content-Length: 0||; 200 Ü [X=é, Content-Length=0]",
        "chunked;         HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|A|0123456789|0||;"
            + "                200 OK [] abc0123456789",
        "no chunk;        HTTP/1.1 200 OK|transfer-encoding: chunked||0||; 200 OK []",
        "no content;      HTTP/1.1 204 No Content||; 204 No Content []",
        "not modified;    HTTP/1.1 304 Not Modified|Content-Length: 9||;"
            + "                              304 Not Modified [Content-Length=9]",
        "last answer;     HTTP/1.1 200 OK|Connection: close|Content-Length: 1||x;"
            + "                     200 OK [Content-Length=1] x closes",
        "continue;        HTTP/1.1 100 Continue||HTTP/1.1 200 OK|Content-Length: 1||x;"
            + "                   wanted 200 OK [Content-Length=1] x",
      })
  void readsAnswers(String name, String bytes, String expected) throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      assertEquals(expected, new Reading(false).of(raw(bytes), seed).toString(), "seed " + seed);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "another version;          HTTP/1.0 200 OK|Content-Length: 0||",
        "status of two digits;     HTTP/1.1 20 OK|Content-Length: 0||",
        "status of four digits;    HTTP/1.1 2000 OK|Content-Length: 0||",
        "status below 200;         HTTP/1.1 199 OK|Content-Length: 0||",
        "another protocol;         HTTP/1.1 101 Switching Protocols||",
        "status 099;               HTTP/1.1 099 OK|Content-Length: 0||",
        "no framing;               HTTP/1.1 200 OK||x",
        "both framings;            HTTP/1.1 200 OK|Content-Length: 1|Transfer-Encoding: chunked||x",
        "two lengths;              HTTP/1.1 200 OK|Content-Length: 1|Content-Length: 1||x",
        "signed length;            HTTP/1.1 200 OK|Content-Length: +1||x",
        "length with a space;      HTTP/1.1 200 OK|Content-Length:  1||x",
        "endless length;           HTTP/1.1 200 OK|Content-Length: 9999999999999999999||x",
        "other coding;             HTTP/1.1 200 OK|Transfer-Encoding: gzip||0||",
        "coding twice;             HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding:"
            + " chunked||0||",
        "no colon;                 HTTP/1.1 200 OK|Content-Length 1||x",
        "no space after the colon; HTTP/1.1 200 OK|Content-Length:1||x",
        "space in a name;          HTTP/1.1 200 OK|Content Length: 1||x",
        "no name;                  HTTP/1.1 200 OK|: 1|Content-Length: 0||",
        "folded line;              HTTP/1.1 200 OK|A: b| c: d|Content-Length: 0||",
        "bare line feed;           HTTP/1.1 200 OK|A: b~c: d|Content-Length: 0||",
        "bare carriage return;     HTTP/1.1 200 OK|A: b^c|Content-Length: 0||",
        "NUL;                      HTTP/1.1 200 OK|A: b_c|Content-Length: 0||",
        "more than the length;     HTTP/1.1 200 OK|Content-Length: 1||xy",
        "more than no body;        HTTP/1.1 204 OK||x",
        "chunk without a size;     HTTP/1.1 200 OK|Transfer-Encoding: chunked|||",
        "chunk of a wrong size;    HTTP/1.1 200 OK|Transfer-Encoding: chunked||x|a|0||",
        "chunk with an extension;  HTTP/1.1 200 OK|Transfer-Encoding: chunked||1;a|a|0||",
        "chunk longer than said;   HTTP/1.1 200 OK|Transfer-Encoding: chunked||1|ab|0||",
        "trailer;                  HTTP/1.1 200 OK|Transfer-Encoding: chunked||0|A: b||",
        "endless size;             HTTP/1.1 200 OK|Transfer-Encoding: chunked||fffffffffffffffff|a|",
      })
  void refuses(String name, String bytes) {
    byte[] raw = raw(bytes.replace('~', '\n').replace('^', '\r').replace('_', '\0'));
    for (int seed = 0; seed < 40; seed++) {
      int pieces = seed;
      assertThrows(InvalidAnswer.class, () -> new Reading(false).of(raw, pieces));
    }
  }

  @org.junit.jupiter.api.Test
  void answerToHeadHasNoBody() throws Exception {
    byte[] raw = raw("HTTP/1.1 200 OK|Content-Length: 500||");
    assertEquals("200 OK [Content-Length=500]", new Reading(true).of(raw, 0).toString());
    byte[] chunked = raw("HTTP/1.1 200 OK|Transfer-Encoding: chunked||");
    assertEquals("200 OK []", new Reading(true).of(chunked, 1).toString());
  }

  @org.junit.jupiter.api.Test
  void headsAreBounded() throws Exception {
    byte[] long1 = raw("HTTP/1.1 200 OK|A: " + "a".repeat(60_000) + "|Content-Length: 1||x");
    assertTrue(
        new Reading(false).of(long1, 0).toString().endsWith("[Content-Length=1] x".substring(1)));
    byte[] endless = raw("HTTP/1.1 200 OK|A: " + "a".repeat(70_000));
    assertThrows(InvalidAnswer.class, () -> new Reading(false).of(endless, 0));
  }

  private static byte[] raw(String text) {
    return text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Everything a parser said, as one line. */
  private static final class Reading implements ResponseParser.Sink {
    private final StringBuilder said = new StringBuilder();
    private final ResponseParser parser = new ResponseParser(this);
    private boolean over;

    Reading(boolean toHead) {
      parser.expect(toHead);
    }

    /** Seed 0: in one piece; 1: bytewise; else in random pieces. */
    Reading of(byte[] raw, int seed) throws InvalidAnswer {
      Random random = new Random(seed);
      for (int at = 0; at < raw.length; ) {
        int piece =
            seed == 0 ? raw.length : seed == 1 ? 1 : 1 + random.nextInt(Math.min(30, raw.length));
        int size = Math.min(piece, raw.length - at);
        ByteBuf bytes = Unpooled.buffer().writeBytes(raw, at, size);
        at += size;
        try {
          parser.read(bytes);
        } finally {
          assertEquals(0, bytes.refCnt());
        }
      }
      if (!over) {
        throw new InvalidAnswer("not over");
      }
      return this;
    }

    @Override
    public void bodyWanted() {
      said.append("wanted ");
    }

    @Override
    public void whole(ResponseHead head, ByteBuf body) {
      head(head);
      block(body);
      end();
    }

    @Override
    public void head(ResponseHead head) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < head.fields().length; i += 2) {
        fields.add(head.fields()[i] + "=" + head.fields()[i + 1]);
      }
      said.append(head.status()).append(' ').append(head.reason()).append(' ').append(fields);
    }

    @Override
    public void block(ByteBuf block) {
      if (block.isReadable() && said.charAt(said.length() - 1) == ']') {
        said.append(' ');
      }
      said.append(block.toString(StandardCharsets.ISO_8859_1));
      block.release();
    }

    @Override
    public void end() {
      over = true;
      said.append(parser.closes() ? " closes" : "");
    }

    @Override
    public String toString() {
      return said.toString();
    }
  }
}
