package dev.kubewsgi.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of request whose environ docs/environ.md shows. */
final class EnvironRequests {

  /** Where a request goes. */
  enum Listener {
    PLAIN,
    TLS,
    TRUSTING
  }

  /**
   * @param text the request as it goes over the wire, a line each; HTTP/2 is made of the same
   */
  record Request(String name, Listener listener, String text) {

    boolean isHttp2() {
      return text.contains(" HTTP/2\n");
    }

    /** For a table: lines in code, what is no printable ASCII as Python would escape it. */
    String shown() {
      return text.stripTrailing()
          .lines()
          .filter(line -> !line.startsWith("Connection: close"))
          .map(line -> "`" + (line.isEmpty() ? " " : escaped(line)) + "`")
          .collect(Collectors.joining("<br>"));
    }

    private static String escaped(String line) {
      StringBuilder shown = new StringBuilder();
      for (char c : line.toCharArray()) {
        shown.append(c < ' ' || c > '~' ? "\\x%02x".formatted((int) c) : "" + c);
      }
      return shown.toString();
    }
  }

  private final TestCertificate certificate;
  private final List<Request> all = new ArrayList<>();

  EnvironRequests(TestCertificate certificate) {
    this.certificate = certificate;
    add("a plain request", get("/"));
    addMethods();
    addPaths();
    addQueries();
    addHosts();
    addFields();
    addBodies();
    addProxies();
    addConnections();
  }

  TestCertificate certificate() {
    return certificate;
  }

  List<Request> all() {
    return all;
  }

  private void addMethods() {
    for (String method : List.of("HEAD", "DELETE", "OPTIONS", "PROPFIND", "get")) {
      add("method " + method, get("/").replaceFirst("GET", method));
    }
    add("OPTIONS of the server", get("*").replaceFirst("GET", "OPTIONS"));
  }

  private void addPaths() {
    add("nested mount", get("/app/site/page"));
    add("nested mount, no path", get("/app/site"));
    add("nested mount, slash alone", get("/app/site/"));
    add("nested mount's name as a beginning", get("/app/sites"));
    add("mount written with escapes", get("/%61pp/site/x"));
    add("mount behind double slashes", get("//app///site//x//"));
    add("mount behind dot segments", get("/other/../app/./site/x/.."));
    add("other case than the mount", get("/APP/site"));
    add("trailing slash", get("/page/"));
    add("escaped space, plus and percent", get("/a%20b+c%2Bd%25e"));
    add("UTF-8, escaped", get("/caf%C3%A9"));
    add("UTF-8, raw", get("/caf\u00c3\u00a9"));
    add("bytes that are not UTF-8", get("/%FF%FE"));
    add("control characters, escaped", get("/a%01%0D%0A%7Fb"));
    add("path parameters", get("/a;b=c,d/e;f"));
    add("escaped slash", get("/a%2Fb"));
    add("escaped NUL", get("/a%00b"));
    add("above the root", get("/a/../../b"));
  }

  private void addQueries() {
    add("query", get("/?a=1&b=%20+&c"));
    add("empty query", get("/?"));
    add("question marks and slashes in the query", get("/??a=/../b//c?"));
    add("raw bytes in the query", get("/?q=caf\u00c3\u00a9\u00ff"));
    add("dot segments in the query", get("/?next=/a/../b"));
  }

  private void addHosts() {
    add("host with port", get("/").replace("example.com", "example.com:8080"));
    add("host in upper case, with a dot", get("/").replace("www.example.com", "WWW.Example.COM."));
    add("IPv6 host", get("/").replace("www.example.com", "[2001:db8::1]:8080"));
    add("absolute form", get("http://other.example:81/x?y"));
    add("HTTP/1.0 without Host", "GET / HTTP/1.0\n\n");
    add("HTTP/1.0 with Host", get("/").replace("1.1", "1.0"));
    add("no Host", "GET / HTTP/1.1\nConnection: close\n\n");
    add("two Hosts", with("Host: www.example.com"));
  }

  private void addFields() {
    add("repeated fields", with("X-A: 1", "Accept: b", "x-a: 2", "Accept: c", "X-A:"));
    add("repeated cookies", with("Cookie: a=1", "Cookie: b=2; c=3"));
    add("empty value", with("X-Empty:"));
    add("blanks around and in a value", with("X-Blank: \t a \t b \t "));
    add("bytes above ASCII", with("X-Name: caf\u00e9 \u00c3\u00a9"));
    add("credentials", with("Authorization: Basic eDp5", "Proxy-Authorization: Basic eDp5"));
    add(
        "names that could pass for others",
        with("X_A: 1", "X-B: 2", "X.C: 3", "Content_Length: 4"));
    add("Proxy (httpoxy)", with("Proxy: http://evil.example"));
    add(
        "fields of the connection",
        with("Keep-Alive: 5", "TE: trailers", "Upgrade: h2c", "X-Kept: yes"));
    add("field that Connection names", with("Connection: X-Hop", "X-Hop: 1"));
    add("conditions and ranges", with("If-None-Match: \"x\"", "Range: bytes=0-9"));
    add("ids and queue times of a proxy", with("X-Request-ID: abc", "X-Queue-Start: t=1"));
    String upgrade = with("Upgrade: websocket", "Sec-WebSocket-Version: 13");
    add("WebSocket", upgrade.replace("Connection: close", "Connection: keep-alive, Upgrade"));
    add("Upgrade that Connection does not name", upgrade);
  }

  private void addBodies() {
    String post = with("Content-Type: text/plain; charset=x").replaceFirst("GET", "POST");
    add("body with its length", body(post, "Content-Length: 3", "abc"));
    add("empty body with its length", body(post, "Content-Length: 0", ""));
    add("length with zeros in front", body(post, "Content-Length: 003", "abc"));
    add("chunked body", body(post, "Transfer-Encoding: chunked", chunked("abc")));
    add("body of a GET", body(get("/"), "Content-Length: 3", "abc"));
    add(
        "body that waits for 100 Continue",
        body(post, "Expect: 100-continue\nContent-Length: 3", "abc"));
    add("no Content-Type", body(get("/").replace("GET", "PUT"), "Content-Length: 3", "abc"));
    add("length and chunked", body(post, "Content-Length: 3\nTransfer-Encoding: chunked", ""));
  }

  private void addProxies() {
    String[] forwarded = {
      "X-Forwarded-For: 192.0.2.1, 198.51.100.7",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: shop.example",
      "X-Forwarded-Port: 8443",
      "X-Real-IP: 192.0.2.1",
      "Forwarded: for=192.0.2.1"
    };
    add("forwarded by nobody who is trusted", with(forwarded));
    add(Listener.TRUSTING, "forwarded by a trusted proxy", with(forwarded));
    add(
        Listener.TRUSTING,
        "a trusted proxy, IPv6 client",
        with("X-Forwarded-For: [2001:db8::7]:4"));
    add(Listener.TRUSTING, "a trusted proxy that says nothing", get("/"));
  }

  private void addConnections() {
    add(Listener.TLS, "TLS", get("/"));
    add(Listener.TLS, "TLS, nested mount", get("/app/site/x?y"));
    add(Listener.TLS, "HTTP/2", "GET /app/site/a%20b?c=%20 HTTP/2\nx-a: 1\n\n");
    add(Listener.TLS, "HTTP/2, repeated fields", "GET / HTTP/2\nx-a: 1\nx-a: 2\ncookie: a=1\n\n");
    add(Listener.TLS, "HTTP/2 with a body", "POST / HTTP/2\ncontent-type: text/plain\n\nabc");
  }

  private void add(String name, String text) {
    add(Listener.PLAIN, name, text);
  }

  private void add(Listener listener, String name, String text) {
    all.add(new Request(name, listener, text));
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\nHost: www.example.com\nConnection: close\n\n";
  }

  private static String with(String... fields) {
    return get("/").replace("\n\n", "\n" + String.join("\n", fields) + "\n\n");
  }

  private static String body(String request, String fields, String body) {
    return request.replace("\n\n", "\n" + fields + "\n\n") + body;
  }

  private static String chunked(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n0\r\n\r\n";
  }

  /** Sends a request to a port of this machine. */
  RawAnswer send(Request request, int port) throws Exception {
    if (request.isHttp2()) {
      return overHttp2(request, port);
    }
    int head = request.text().indexOf("\n\n") + 2;
    String bytes =
        request.text().substring(0, head).replace("\n", "\r\n") + request.text().substring(head);
    if (request.listener() == Listener.TLS) {
      return RawAnswer.over(certificate.connect(port), bytes);
    }
    return RawAnswer.to(port, bytes);
  }

  private RawAnswer overHttp2(Request request, int port) throws Exception {
    String[] parts = request.text().split("\n\n", 2);
    String[] lines = parts[0].split("\n");
    String[] words = lines[0].split(" ");
    var builder = HttpRequest.newBuilder(URI.create("https://localhost:" + port + words[1]));
    builder.header("user-agent", "test");
    for (int i = 1; i < lines.length; i++) {
      builder.header(lines[i].split(": ")[0], lines[i].split(": ")[1]);
    }
    var publisher =
        parts[1].isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(parts[1]);
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(certificate.trustingContext()).build()) {
      HttpResponse<byte[]> answer =
          client.send(builder.method(words[0], publisher).build(), BodyHandlers.ofByteArray());
      if (answer.version() != HttpClient.Version.HTTP_2) {
        throw new AssertionError("not over HTTP/2");
      }
      return new RawAnswer(
          answer.statusCode(), List.of(), new String(answer.body(), ISO_8859_1), true);
    }
  }
}
