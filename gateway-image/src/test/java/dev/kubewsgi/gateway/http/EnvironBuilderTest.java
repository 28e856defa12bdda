package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.routing.Router;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.Route;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request's head in, the environ out; with trusted proxies and without. */
final class EnvironBuilderTest {

  private static final long START = 1_700_000_000_012_345L;
  private static final ConnectionInfo DIRECT =
      new ConnectionInfo("conn", "192.0.2.7", "4711", "127.0.0.1", 8000, false);
  private static final ConnectionInfo TLS =
      new ConnectionInfo("conn", "192.0.2.7", "4711", "127.0.0.1", 8443, true);
  private static final ConnectionInfo BY_PROXY =
      new ConnectionInfo("conn", "10.0.0.9", "4711", "127.0.0.1", 8000, false);
  private static final List<String> PROXIES = List.of("10.0.0.0/8", "2001:db8:1::/48");

  private static Map<String, String> environ(
      ConnectionInfo connection, String line, String... fields) throws Refused {
    String[] words = line.split(" ");
    RequestHead head = new RequestHead(words[0], words[1], words[2]);
    for (String field : fields) {
      int colon = field.indexOf(':');
      head.add(HeaderName.of(field.substring(0, colon)), field.substring(colon + 1).strip());
    }
    List<Route> routes =
        List.of(
            new Route("*", "", "default/root", "/srv/root.py", "application", "root"),
            new Route("*", "/app", "default/app", "/srv/app.py", "make_app", "app"));
    GatewaySettings settings = Settings.of(List.of(), Settings.LIMITS, Settings.PATIENT, PROXIES);
    Shared shared =
        new Shared(
            new LiveRouter(Router.of(routes, id -> exchange -> {})),
            new HttpStats(),
            AccessLog.ofLogger(),
            "kube-wsgi",
            "1.2",
            HttpSettings.of(settings));
    Environ environ =
        Admission.of(head, 0, false, connection, "req", START, shared).request().environ();
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < environ.size(); i++) {
      String before = map.put(environ.key(i), environ.value(i));
      assertEquals(null, before, environ.key(i) + " twice");
    }
    return map;
  }

  @Test
  void holdsAllThatAPlainRequestSays() throws Refused {
    Map<String, String> expected = new TreeMap<>();
    expected.put("REQUEST_METHOD", "POST");
    expected.put("SCRIPT_NAME", "/app");
    expected.put("PATH_INFO", "/x y");
    expected.put("QUERY_STRING", "a=%20b");
    expected.put("REQUEST_URI", "/app//x%20y?a=%20b");
    expected.put("REQUEST_SCHEME", "http");
    expected.put("SERVER_NAME", "www.example.com");
    expected.put("SERVER_PORT", "8080");
    expected.put("SERVER_PROTOCOL", "HTTP/1.1");
    expected.put("SERVER_SOFTWARE", "kube-wsgi/1.2");
    expected.put("REMOTE_ADDR", "192.0.2.7");
    expected.put("REMOTE_PORT", "4711");
    expected.put("SCRIPT_FILENAME", "/srv/app.py");
    expected.put("CONTENT_TYPE", "text/plain");
    expected.put("CONTENT_LENGTH", "3");
    expected.put("HTTP_HOST", "WWW.Example.com.:8080");
    expected.put("HTTP_AUTHORIZATION", "Basic eDp5");
    expected.put("HTTP_COOKIE", "a=1; b=2");
    expected.put("HTTP_ACCEPT", "x, y");
    expected.put("wsgi.url_scheme", "http");
    expected.put("mod_wsgi.request_id", "req");
    expected.put("mod_wsgi.connection_id", "conn");
    expected.put("mod_wsgi.script_name", "/app");
    expected.put("mod_wsgi.path_info", "/x y");
    expected.put("mod_wsgi.mount_point", "/app");
    expected.put("mod_wsgi.callable_object", "make_app");
    expected.put("mod_wsgi.listener_host", "127.0.0.1");
    expected.put("mod_wsgi.listener_port", "8000");
    expected.put("mod_wsgi.request_start", "1700000000.012345");
    assertEquals(
        expected,
        environ(
            DIRECT,
            "POST /app//x%20y?a=%20b HTTP/1.1",
            "Host: WWW.Example.com.:8080",
            "Content-Type: text/plain",
            "Content-Length: 3",
            "Authorization: Basic eDp5",
            "Cookie: a=1",
            "Accept: x",
            "cookie: b=2",
            "ACCEPT: y"));
  }

  @Test
  void hasASpaceForEachTabOfAValue() throws Refused {
    assertEquals(
        "a  b, c",
        environ(DIRECT, "GET / HTTP/1.1", "Host: h", "X-A: a \tb", "X-A: c").get("HTTP_X_A"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: close",
        "Keep-Alive: 5",
        "Proxy-Connection: close",
        "Proxy-Authorization: Basic eDp5",
        "Proxy: http://evil",
        "TE: trailers",
        "Trailer: X",
        "Upgrade: h2c",
        "HTTP2-Settings: AAA",
        "Transfer-Encoding: chunked",
        "X_Forwarded_For: 1.2.3.4",
        "Content_Length: 5",
        "X.Y: z",
        "X~Y: z",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-Host: evil",
        "X-Forwarded-Port: 1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Server: evil",
        "X-Forwarded-Prefix: /evil",
        "X-Real-IP: 1.2.3.4",
        "X-Client-IP: 1.2.3.4",
        "Forwarded: for=1.2.3.4",
        "X-Script-Name: /evil",
        "X-Forwarded-Script-Name: /evil",
        "Script-Name: /evil"
      })
  void hidesFieldsThatOnlyTheConnectionOrATrustedProxyMaySet(String field) throws Refused {
    assertEquals(
        environ(DIRECT, "GET / HTTP/1.1", "Host: h"),
        environ(DIRECT, "GET / HTTP/1.1", "Host: h", field));
  }

  @ParameterizedTest(name = "{0} at tls={1} is {2}:{3}")
  @CsvSource({
    "h,            false, h,          80",
    "h,            true,  h,          443",
    "H.Example.:81, false, h.example, 81",
    "h:,           true,  h,          443",
    "[::1]:8000,   false, [::1],      8000",
    "192.0.2.1,    false, 192.0.2.1,  80",
  })
  void serverNameAndPortComeFromHost(String host, boolean tls, String name, String port)
      throws Refused {
    Map<String, String> environ = environ(tls ? TLS : DIRECT, "GET / HTTP/1.1", "Host: " + host);
    assertEquals(name, environ.get("SERVER_NAME"));
    assertEquals(port, environ.get("SERVER_PORT"));
    assertEquals(host, environ.get("HTTP_HOST"));
  }

  @Test
  void withoutHostTheListenerNamesTheServer() throws Refused {
    Map<String, String> environ = environ(DIRECT, "GET / HTTP/1.0");
    assertEquals("127.0.0.1", environ.get("SERVER_NAME"));
    assertEquals("8000", environ.get("SERVER_PORT"));
    assertEquals(null, environ.get("HTTP_HOST"));
  }

  @Test
  void anAbsoluteTargetOverridesHost() throws Refused {
    Map<String, String> environ = environ(DIRECT, "GET http://a:81/app HTTP/1.1", "Host: b");
    assertEquals("a:81", environ.get("HTTP_HOST"));
    assertEquals("a", environ.get("SERVER_NAME"));
    assertEquals("81", environ.get("SERVER_PORT"));
    assertEquals("http://a:81/app", environ.get("REQUEST_URI"));
    assertEquals("/app", environ.get("SCRIPT_NAME"));
  }

  @Test
  void tlsIsHttpsOn() throws Refused {
    Map<String, String> environ = environ(TLS, "GET / HTTP/2.0", "host: h");
    assertEquals("on", environ.get("HTTPS"));
    assertEquals("https", environ.get("wsgi.url_scheme"));
    assertEquals("https", environ.get("REQUEST_SCHEME"));
    assertEquals("HTTP/2.0", environ.get("SERVER_PROTOCOL"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    // target, mount, PATH_INFO
    "/,            '',   /",
    "/app,         /app, ''",
    "/app/,        /app, /",
    "/app/?q,      /app, /",
    "/%61pp/x,     /app, /x",
    "//app//x,     /app, /x",
    "/x/../app/y,  /app, /y",
    "/app/../y,    '',   /y",
    "/app/..,      '',   /",
    "/apps,        '',   /apps",
    "/app/%C3%A9,  /app, /\u00c3\u00a9",
    "/app/%0d%0a,  /app, '/\r\n'",
    "/app/a;b=c,   /app, /a;b=c",
    "/app/a+b,     /app, /a+b",
    "/app/%252F,   /app, /%2F",
  })
  void pathSplitsAfterItIsDecodedAndNormalised(String target, String mount, String rest)
      throws Refused {
    Map<String, String> environ = environ(DIRECT, "GET " + target + " HTTP/1.1", "Host: h");
    assertEquals(mount, environ.get("SCRIPT_NAME"));
    assertEquals(rest, environ.get("PATH_INFO"));
    assertEquals(target, environ.get("REQUEST_URI"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb, PATH_REFUSED", "/a%2fb, PATH_REFUSED", "/%00, PATH_REFUSED", "/%, BAD_REQUEST",
    "/%4, BAD_REQUEST", "/%g0, BAD_REQUEST", "/.., BAD_REQUEST", "/a/../../b, BAD_REQUEST"
  })
  void aBadPathIsRefused(String target, FailureCode code) {
    Refused refused =
        assertThrows(
            Refused.class, () -> environ(DIRECT, "GET " + target + " HTTP/1.1", "Host: h"));
    Failure failure = refused.failure();
    assertEquals(code, failure.code());
  }

  @ParameterizedTest(name = "{0} by {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        // X-Forwarded-For | peer | REMOTE_ADDR
        "203.0.113.5            | 10.0.0.9      | 203.0.113.5",
        "203.0.113.5            | 192.0.2.7     | 192.0.2.7",
        "1.1.1.1, 203.0.113.5   | 10.0.0.9      | 203.0.113.5",
        "203.0.113.5, 10.1.1.1  | 10.0.0.9      | 203.0.113.5",
        "10.2.2.2, 10.1.1.1     | 10.0.0.9      | 10.2.2.2",
        "x, 10.1.1.1            | 10.0.0.9      | 10.1.1.1",
        "x                      | 10.0.0.9      | 10.0.0.9",
        "203.0.113.5:99         | 10.0.0.9      | 203.0.113.5",
        "[2001:db8::5]:99       | 10.0.0.9      | 2001:db8::5",
        "2001:db8::5            | 2001:db8:1::1 | 2001:db8::5",
        "2001:db8::5, 2001:db8:1::2 | 10.0.0.9  | 2001:db8::5",
        "203.0.113.5            | 2001:db8:2::1 | 2001:db8:2::1",
        "203.0.113.5, ::ffff:10.1.1.1 | 10.0.0.9 | 203.0.113.5",
        "''                     | 10.0.0.9      | 10.0.0.9",
      })
  void theClientIsTheFirstUntrustedAddressFromTheRight(
      String forwarded, String peer, String expected) throws Refused {
    ConnectionInfo connection = new ConnectionInfo("c", peer, "1", "127.0.0.1", 8000, false);
    Map<String, String> environ =
        environ(connection, "GET / HTTP/1.1", "Host: h", "X-Forwarded-For: " + forwarded);
    assertEquals(expected, environ.get("REMOTE_ADDR"));
    assertEquals(expected.equals(peer) ? "1" : null, environ.get("REMOTE_PORT"));
  }

  @Test
  void aTrustedProxySetsSchemeHostAndPort() throws Refused {
    Map<String, String> environ =
        environ(
            BY_PROXY,
            "GET / HTTP/1.1",
            "Host: inner:8000",
            "X-Forwarded-For: 203.0.113.5",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: www.example.com");
    assertEquals("https", environ.get("wsgi.url_scheme"));
    assertEquals("on", environ.get("HTTPS"));
    assertEquals("www.example.com", environ.get("HTTP_HOST"));
    assertEquals("www.example.com", environ.get("SERVER_NAME"));
    assertEquals("443", environ.get("SERVER_PORT"));
    assertEquals("https", environ.get("HTTP_X_FORWARDED_PROTO"));
  }

  @ParameterizedTest(name = "{0} | {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        // X-Forwarded-For | X-Forwarded-Proto | scheme
        "203.0.113.5           | http, https      | https", // http was the client's own claim
        "203.0.113.5, 10.1.1.1 | https, http      | https", // each proxy appended
        "203.0.113.5, 10.1.1.1 | https            | https", // only the first set it
        "203.0.113.5           | gopher           | http",
        "203.0.113.5           | HTTPS            | https",
      })
  void schemeIsReadAtTheClientsPlaceInTheChain(String addresses, String protos, String scheme)
      throws Refused {
    Map<String, String> environ =
        environ(
            BY_PROXY,
            "GET / HTTP/1.1",
            "Host: h",
            "X-Forwarded-For: " + addresses,
            "X-Forwarded-Proto: " + protos);
    assertEquals(scheme, environ.get("wsgi.url_scheme"));
  }

  @Test
  void whatAProxySaysUnreadablyIsIgnored() throws Refused {
    Map<String, String> environ =
        environ(
            BY_PROXY,
            "GET / HTTP/1.1",
            "Host: h",
            "X-Forwarded-Host: a b",
            "X-Forwarded-Port: 99999");
    assertEquals("h", environ.get("HTTP_HOST"));
    assertEquals("80", environ.get("SERVER_PORT"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "example.com", "10.0.0/8", "::/129", "/8"})
  void aBadCidrBlockIsAFault(String cidr) {
    List<String> blocks = List.of(cidr);
    assertThrows(IllegalArgumentException.class, () -> TrustedProxies.of(blocks));
  }
}
