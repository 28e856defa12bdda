package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import dev.kubewsgi.gateway.http.HeaderName.Role;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2FieldsTest {

  private static RequestHead request(String... fields) throws Refused {
    Http2Headers headers = new DefaultHttp2Headers(false).method("GET").path("/").authority("h");
    for (int i = 0; i < fields.length; i += 2) {
      headers.set(fields[i], fields[i + 1]);
    }
    return Http2Fields.request(headers, new HeaderNames(), Settings.LIMITS);
  }

  @Test
  void authorityTakesThePlaceOfHost() throws Refused {
    assertEquals("h", request().first(Role.HOST));
    assertEquals(1, request("host", "H").size());
  }

  @ParameterizedTest
  @CsvSource({
    "host, other, BAD_REQUEST",
    ":method, G T, BAD_REQUEST",
    ":method, CONNECT, METHOD_REFUSED",
    ":path, '/a b', BAD_REQUEST",
    ":path, '', BAD_REQUEST",
    ":path, '/a#b', BAD_REQUEST",
    "'x y', z, BAD_REQUEST",
    "x, 'a\r\nb', BAD_REQUEST",
    "x, 'a\0b', BAD_REQUEST",
    "transfer-encoding, chunked, BAD_REQUEST",
    "connection, close, BAD_REQUEST",
  })
  void whatHttp1WouldRefuseIsRefused(String name, String value, FailureCode code) {
    Refused refused = assertThrows(Refused.class, () -> request(name, value));
    assertEquals(code, refused.failure().code());
  }

  @Test
  void sizesAreBounded() {
    String path = "/" + "a".repeat(8190);
    assertEquals(
        FailureCode.REQUEST_LINE_TOO_LONG,
        assertThrows(Refused.class, () -> request(":path", path)).failure().code());
    String[] many = new String[240];
    for (int i = 0; i < many.length; i++) {
      many[i] = "x-" + i;
    }
    assertEquals(
        FailureCode.HEADERS_TOO_LARGE,
        assertThrows(Refused.class, () -> request(many)).failure().code());
  }

  /** {@code host: h} and {@code x: …}, each with its CRLF. */
  @Test
  void fieldsMayHaveAsManyBytesAsThoseOfHttp1() throws Refused {
    int room = Settings.LIMITS.headers() - "host: h\r\nx: \r\n".length();
    assertEquals(2, request("x", "y".repeat(room)).size());
    assertEquals(
        FailureCode.HEADERS_TOO_LARGE,
        assertThrows(Refused.class, () -> request("x", "y".repeat(room + 1))).failure().code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "5x", "", "99999999999999999999"})
  void aBadContentLengthIsRefused(String value) throws Refused {
    RequestHead head = request("content-length", value);
    assertThrows(Refused.class, () -> Http2Fields.contentLength(head));
  }

  @Test
  void anAnswerThatWouldSplitIsNone() {
    LoopState loop = new LoopState(new EmbeddedChannel().eventLoop(), "test");
    assertNull(Http2Fields.answer(head("X", "a\r\nb"), -1, loop));
    assertNull(Http2Fields.answer(head("X Y", "z"), -1, loop));
    assertEquals("z", Http2Fields.answer(head("X-Y", "z"), -1, loop).get("x-y").toString());
  }

  private static ResponseHead head(String... fields) {
    return new ResponseHead(200, "OK", fields);
  }
}
