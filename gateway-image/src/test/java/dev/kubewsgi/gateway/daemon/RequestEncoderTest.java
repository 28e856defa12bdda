package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.daemon.RequestEncoder.Body;
import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.WsgiRequest;
import dev.kubewsgi.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestEncoderTest {

  private static final Route ROUTE =
      new Route("*", "/a", "default/a", "/srv/é.py", "application", "a");

  @Test
  void writesTheCanonicalForm() throws Exception {
    assertEquals(
        """
        GET /a/%0a?q HTTP/1.1
        SCRIPT_NAME: /a
        SERVER_NAME: host
        KubeWsgi-Script: /srv/\u00c3\u00a9.py
        KubeWsgi-Callable: application
        PATH_INFO: /%0A%25%7F\u00e9
        HTTP_X: b \u00ff
        KubeWsgi-Request: 1 1700000000.000001 1700000000.000123 0.001500

        """
            .replace("\n", "\r\n"),
        encode(
            request(
                "GET",
                "/a/%0a?q",
                0,
                "HTTP_X",
                "b\t\u00ff",
                "SERVER_NAME",
                "host",
                "REQUEST_METHOD",
                "GET",
                "REQUEST_URI",
                "/a/%0a?q",
                "mod_wsgi.path_info",
                "/\n"),
            Body.NONE,
            null));
  }

  /** As a browser of old sends a path in UTF-8: REQUEST_URI is what came. */
  @Test
  void writesTargetsBeyondAscii() throws Exception {
    String encoded = encode(request("GET", "/\u00c3\u00a9?\u00ff", 0), Body.NONE, null);
    assertTrue(encoded.startsWith("GET /\u00c3\u00a9?\u00ff HTTP/1.1\r\n"), encoded);
  }

  @Test
  void writesEveryOneOfManyVariables() throws Exception {
    String[] more = new String[160];
    for (int i = 0; i < 80; i++) {
      more[2 * i] = i == 70 ? "SERVER_NAME" : "HTTP_X" + i;
      more[2 * i + 1] = "" + i;
    }
    String encoded = encode(request("GET", "/", 0, more), Body.NONE, null);
    for (int i = 0; i < 160; i += 2) {
      String line = "\r\n" + more[i] + ": " + more[i + 1] + "\r\n";
      assertEquals(encoded.indexOf(line), encoded.lastIndexOf(line));
      assertTrue(encoded.contains(line), line);
    }
  }

  @Test
  void writesTheSharedBlockAnewWhenAValueInItIsAnother() throws Exception {
    RequestEncoder encoder = new RequestEncoder();
    for (String host : List.of("one", "one", "two", "one")) {
      String encoded =
          encoder
              .encode(
                  UnpooledByteBufAllocator.DEFAULT,
                  request("GET", "/", 0, "SERVER_NAME", host),
                  true,
                  0,
                  0,
                  Body.NONE,
                  null)
              .toString(StandardCharsets.ISO_8859_1);
      assertTrue(
          encoded.startsWith("GET / HTTP/1.1\r\nSCRIPT_NAME: /a\r\nSERVER_NAME: " + host + "\r\n"),
          encoded);
    }
  }

  @Test
  void framesBodies() throws Exception {
    ByteBuf body = Unpooled.copiedBuffer("hello", StandardCharsets.ISO_8859_1);
    String attached = encode(request("POST", "/", 5), Body.ATTACHED, body);
    assertEquals("Content-Length: 5\r\n\r\nhello", attached.substring(attached.indexOf("Con")));
    assertEquals(5, body.readableBytes());
    String later = encode(request("POST", "/", 70_000), Body.ON_DEMAND, null);
    assertEquals(
        "Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n",
        later.substring(later.indexOf("Con")));
    String chunked = encode(request("POST", "/", -1), Body.ON_DEMAND, null);
    assertEquals(
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
        chunked.substring(chunked.indexOf("Tra")));
  }

  /** Each would let a client write lines of its own, or make two parties read two requests. */
  @Test
  void refusesWhatWouldEndALineEarly() {
    for (String bad :
        List.of("a\r\nX: y", "a\nX: y", "a\rX: y", "a\0", "\u0001", "\u007f", "\u010a", "\u0d00")) {
      assertRefused(request("GET", "/", 0, "HTTP_X", bad));
      assertRefused(request("GET", "/" + bad, 0));
      assertRefused(request("G" + bad, "/", 0));
      assertRefused(request("GET", "/", 0, "HTTP_" + bad, "x"));
    }
    assertRefused(request("G\u00c9T", "/", 0));
    assertRefused(request("GET", "/ HTTP/1.1", 0));
    assertRefused(request("GET", "", 0));
    assertRefused(request("GET", "/", 0, "HTTP_X: y", "x"));
  }

  private static void assertRefused(WsgiRequest request) {
    assertThrows(UnsendableRequest.class, () -> encode(request, Body.NONE, null));
  }

  private static String encode(WsgiRequest request, Body framing, ByteBuf body)
      throws UnsendableRequest {
    return new RequestEncoder()
        .encode(
            UnpooledByteBufAllocator.DEFAULT,
            request,
            false,
            1_700_000_000_000_123L,
            1500,
            framing,
            body)
        .toString(StandardCharsets.ISO_8859_1);
  }

  private static WsgiRequest request(String method, String target, long length, String... more) {
    Environ environ = new Environ();
    environ.add("SCRIPT_NAME", "/a");
    environ.add("PATH_INFO", "/\n%\u007f\u00e9");
    for (int i = 0; i < more.length; i += 2) {
      environ.add(more[i], more[i + 1]);
    }
    return new WsgiRequest(
        "1", ROUTE, method, target, environ, length, false, 1_700_000_000_000_001L);
  }
}
