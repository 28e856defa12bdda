package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 and TLS, with Vert.x as the client. */
@Timeout(60)
final class Http2Test {

  private static final Duration SOON = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static Vertx vertx;
  private static Tls.Pem tls;

  private final HttpStats stats = new HttpStats();
  private HttpFront front;
  private HttpClient client;

  @BeforeAll
  static void prepare() throws Exception {
    vertx = Vertx.vertx();
    tls = TestCertificate.make(folder);
  }

  @AfterAll
  static void stopLoops() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      await(client.close());
    }
    front.stop().get(30, TimeUnit.SECONDS);
    assertEquals(0, stats.snapshot().inFlight(), "requests in flight");
    assertEquals(0, stats.snapshot().connections(), "connections");
  }

  private void start(Application application, boolean secure, HttpVersion version) {
    start(application, secure, version, Settings.LIMITS, Settings.PATIENT);
  }

  private void start(
      Application application,
      boolean secure,
      HttpVersion version,
      Limits limits,
      Timeouts timeouts) {
    Listener listener =
        new Listener("main", "127.0.0.1", 0, secure ? Optional.of(tls) : Optional.empty());
    GatewaySettings settings = Settings.of(List.of(listener), limits, timeouts, List.of());
    front =
        HttpFront.start(
            vertx,
            settings,
            Applications.everywhere(application),
            stats,
            AccessLog.ofLogger(),
            "test");
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(version)
                .setUseAlpn(secure)
                .setHttp2ClearTextUpgrade(false)
                .setSsl(secure)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(front.listening().getFirst().port()));
  }

  private void startHttp2(Application application) {
    start(application, false, HttpVersion.HTTP_2);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private HttpClientResponse get(String path) throws Exception {
    return await(client.request(HttpMethod.GET, path).compose(r -> paused(r, r::send)));
  }

  /** Vert.x drops what comes before somebody listens: that is said before anything is sent. */
  private static Future<HttpClientResponse> paused(HttpClientRequest request, Runnable send) {
    Future<HttpClientResponse> response = request.response().map(HttpClientResponse::pause);
    send.run();
    return response;
  }

  private static String body(HttpClientResponse response) throws Exception {
    Future<Buffer> body = response.body();
    response.resume();
    return await(body).toString("ISO-8859-1");
  }

  @ParameterizedTest
  @CsvSource({"true, HTTP_2", "false, HTTP_2", "true, HTTP_1_1", "false, HTTP_1_1"})
  void eachVersionIsSpokenInPlainTextAndOverTls(boolean secure, HttpVersion version)
      throws Exception {
    start(Applications.echo(), secure, version);
    for (int i = 0; i < 3; i++) {
      HttpClientResponse response =
          await(
              client
                  .request(HttpMethod.POST, "/a%20b?c")
                  .compose(r -> paused(r, () -> r.putHeader("X-Echo", "e").send("hello"))));
      assertEquals(version, response.version());
      assertEquals("kube-wsgi", response.getHeader("Server"));
      assertEquals("POST [/a b] [c] [hello] e", body(response));
    }
    assertEquals(3, stats.snapshot().answersByStatusClass()[2]);
  }

  @ParameterizedTest
  @CsvSource({"true, https, on", "false, http,"})
  void environTellsTlsAndVersion(boolean secure, String scheme, String https) throws Exception {
    CompletableFuture<Exchange> seen = new CompletableFuture<>();
    start(
        exchange -> {
          seen.complete(exchange);
          exchange.respond(Applications.head(200), Unpooled.EMPTY_BUFFER);
        },
        secure,
        HttpVersion.HTTP_2);
    get("/");
    Exchange exchange = seen.get(20, TimeUnit.SECONDS);
    assertEquals(scheme, exchange.request().environ().get("wsgi.url_scheme"));
    assertEquals(https, exchange.request().environ().get("HTTPS"));
    assertEquals("HTTP/2.0", exchange.request().environ().get("SERVER_PROTOCOL"));
    assertEquals(
        "127.0.0.1:" + front.listening().getFirst().port(),
        exchange.request().environ().get("HTTP_HOST"));
  }

  @Test
  void aHeadRequestGetsTheLengthAndNoBody() throws Exception {
    startHttp2(exchange -> exchange.respond(Applications.head(200), Applications.bytes("hello")));
    HttpClientResponse response =
        await(client.request(HttpMethod.HEAD, "/").compose(r -> paused(r, r::send)));
    assertEquals("5", response.getHeader("Content-Length"));
    assertEquals("", body(response));
  }

  @Test
  void aLargeBodyFlowsBothWaysWithBackPressure() throws Exception {
    start(
        echoingBlocks(), false, HttpVersion.HTTP_2, new Limits(8190, 32_768, 0), Settings.PATIENT);
    Buffer sent = Buffer.buffer(new byte[5_000_000]);
    HttpClientResponse response =
        await(client.request(HttpMethod.POST, "/").compose(r -> paused(r, () -> r.send(sent))));
    assertEquals(sent.length(), body(response).length());
  }

  /** Passes each block on, and takes no other while the client is slow. */
  private static Application echoingBlocks() {
    return exchange -> {
      exchange.start(Applications.head(200));
      exchange.readBody(
          new BodyReader() {
            @Override
            public void block(ByteBuf block) {
              if (!exchange.write(block)) {
                exchange.pauseBody();
                exchange.onWritable(exchange::resumeBody);
              }
            }

            @Override
            public void end() {
              exchange.end();
            }

            @Override
            public void failed(Failure cause) {
              exchange.fail(cause);
            }
          });
    };
  }

  @Test
  void aBodyOverTheLimitIsRefusedWithoutALengthToo() throws Exception {
    startHttp2(Applications.echo());
    HttpClientRequest request = await(client.request(HttpMethod.POST, "/"));
    Future<HttpClientResponse> answer =
        paused(
            request,
            () -> {
              request.setChunked(true).write(Buffer.buffer(new byte[60_000]));
              request.write(Buffer.buffer(new byte[60_000]));
            });
    String page = body(await(answer));
    assertTrue(page.contains("KW413"), page);
  }

  /** The limits of HTTP/1.1, with its statuses. */
  @ParameterizedTest
  @CsvSource({
    "8190, 1, 100000, 200",
    "8191, 1, 0, 414",
    "10, 90, 0, 200",
    "10, 101, 0, 431",
    "10, 1, 100001, 413"
  })
  void whatIsOverALimitIsRefusedAndTheConnectionStays(
      int pathLength, int fields, int contentLength, int status) throws Exception {
    startHttp2(Applications.echo());
    for (int i = 0; i < 2; i++) {
      HttpClientRequest request =
          await(client.request(HttpMethod.POST, "/" + "a".repeat(pathLength - 1)));
      for (int field = 0; field < fields; field++) {
        request.putHeader("x-" + field, "y");
      }
      assertEquals(
          status, await(request.send(Buffer.buffer(new byte[contentLength]))).statusCode());
    }
    assertEquals(1, stats.snapshot().connections());
  }

  /** By us and not by Netty, whose answer has no body. */
  @Test
  void fieldsOverTheLimitAreRefusedWithACodeAndCounted() throws Exception {
    startHttp2(Applications.echo());
    HttpClientRequest request = await(client.request(HttpMethod.GET, "/"));
    request.putHeader("cookie", "c".repeat(Settings.LIMITS.headers()));
    HttpClientResponse answer = await(paused(request, request::send));
    assertEquals(431, answer.statusCode());
    String page = body(answer);
    assertTrue(page.contains("KW431"), page);
    assertEquals(1, stats.snapshot().failures().get(FailureCode.HEADERS_TOO_LARGE));
  }

  @Test
  void aFailureInMidAnswerResetsTheStreamAndNotTheConnection() throws Exception {
    startHttp2(
        exchange -> {
          if (exchange.request().target().equals("/fine")) {
            exchange.respond(Applications.head(200), Applications.bytes("fine"));
            return;
          }
          exchange.start(Applications.head(200));
          exchange.write(Applications.bytes("half"));
          exchange.fail(Failure.of(FailureCode.WORKER_DIED, "killed"));
        });
    HttpClientResponse broken = get("/broken");
    ExecutionException e = assertThrows(ExecutionException.class, () -> body(broken));
    assertInstanceOf(StreamResetException.class, e.getCause());
    assertEquals("fine", body(get("/fine")));
    assertEquals(1, stats.snapshot().connections());
  }

  @Test
  void anApplicationLearnsThatItsClientLeft() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    CompletableFuture<Void> taken = new CompletableFuture<>();
    startHttp2(
        exchange -> {
          exchange.onClosed(() -> closed.complete(null));
          taken.complete(null);
        });
    HttpClientRequest request = await(client.request(HttpMethod.GET, "/"));
    request.send();
    taken.get(20, TimeUnit.SECONDS);
    request.reset();
    closed.get(20, TimeUnit.SECONDS);
    assertEquals(1, stats.snapshot().failures().get(FailureCode.CLIENT_GONE));
  }

  @Test
  void aStreamWhoseClientTakesNothingIsGivenUp() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    start(
        exchange -> {
          exchange.onClosed(() -> closed.complete(null));
          exchange.start(Applications.head(200));
          exchange.write(Unpooled.wrappedBuffer(new byte[1_000_000]));
        },
        false,
        HttpVersion.HTTP_2,
        Settings.LIMITS,
        new Timeouts(LONG, LONG, LONG, SOON, LONG));
    get("/"); // and does not resume it
    closed.get(20, TimeUnit.SECONDS);
    assertEquals(1, stats.snapshot().failures().get(FailureCode.CLIENT_TOO_SLOW));
  }

  @Test
  void aBodyThatStopsComingIsATimeout() throws Exception {
    start(
        Applications.echo(),
        false,
        HttpVersion.HTTP_2,
        Settings.LIMITS,
        new Timeouts(LONG, LONG, SOON, LONG, LONG));
    HttpClientRequest request = await(client.request(HttpMethod.POST, "/"));
    request.setChunked(true).write("hel");
    assertEquals(408, await(request.response()).statusCode());
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    start(
        Applications.echo(),
        false,
        HttpVersion.HTTP_2,
        Settings.LIMITS,
        new Timeouts(LONG, SOON, LONG, LONG, LONG));
    CompletableFuture<Void> closed = new CompletableFuture<>();
    HttpClientRequest request = await(client.request(HttpMethod.GET, "/"));
    request.connection().closeHandler(ignored -> closed.complete(null));
    await(request.send());
    closed.get(20, TimeUnit.SECONDS);
  }

  /** A request that the application has taken and not answered. */
  private record OpenStream(
      Exchange exchange, CompletableFuture<Void> goAway, Future<Buffer> body) {

    void answer(String text) {
      exchange
          .eventLoop()
          .execute(() -> exchange.respond(Applications.head(200), Applications.bytes(text)));
    }
  }

  private OpenStream openStream() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    startHttp2(taken::complete);
    CompletableFuture<Void> goAway = new CompletableFuture<>();
    HttpClientRequest request = await(client.request(HttpMethod.GET, "/"));
    request.connection().goAwayHandler(ignored -> goAway.complete(null));
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    request.send();
    Exchange exchange = taken.get(20, TimeUnit.SECONDS);
    return new OpenStream(exchange, goAway, body);
  }

  @Test
  void stoppingSaysGoAwayAndFinishesTheStream() throws Exception {
    OpenStream stream = openStream();
    CompletableFuture<Void> stopped = front.stop();
    stream.goAway().get(20, TimeUnit.SECONDS);
    assertFalse(stopped.isDone());
    stream.answer("last");
    assertEquals("last", await(stream.body()).toString());
    stopped.get(20, TimeUnit.SECONDS);
  }

  /** The answer's count and log line come after the connection's end, in the same task. */
  @Test
  void stoppingWaitsForWhatTheLastAnswersLoopIsAt() throws Exception {
    OpenStream stream = openStream();
    CompletableFuture<Void> stopped = front.stop();
    stream.goAway().get(20, TimeUnit.SECONDS);
    CompletableFuture<Boolean> early = new CompletableFuture<>();
    stream
        .exchange()
        .eventLoop()
        .execute(
            () -> {
              stream.exchange().respond(Applications.head(200), Applications.bytes("last"));
              LockSupport.parkNanos(SOON.toNanos());
              early.complete(stopped.isDone());
            });
    assertEquals("last", await(stream.body()).toString());
    assertFalse(early.get(20, TimeUnit.SECONDS));
    stopped.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aStreamThatCrossesTheAnnouncementOfTheEndIsAnswered() throws Exception {
    startHttp2(Applications.echo());
    try (var wire = new Http2Wire(front.listening().getFirst().port())) {
      wire.awaitFrame(Http2Wire.SETTINGS);
      front.announceEnd();
      assertEquals(Integer.MAX_VALUE, wire.awaitFrame(Http2Wire.GOAWAY).getInt());
      wire.get(1).flush();
      wire.awaitFrame(Http2Wire.HEADERS);
    }
  }

  @Test
  void aConnectionThatComesAfterTheAnnouncementIsToldAtOnceAndAnswered() throws Exception {
    startHttp2(Applications.echo());
    front.announceEnd();
    try (var wire = new Http2Wire(front.listening().getFirst().port())) {
      wire.awaitFrame(Http2Wire.GOAWAY);
      wire.get(1).flush();
      wire.awaitFrame(Http2Wire.HEADERS);
    }
  }

  @Test
  void onceTheEndIsAnnouncedClientsGetGoAwayAndTheirStreamsAnAnswer() throws Exception {
    OpenStream stream = openStream();
    front.announceEnd();
    stream.goAway().get(20, TimeUnit.SECONDS);
    stream.answer("last");
    assertEquals("last", await(stream.body()).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%2Fb", "/a%00"})
  void pathsFollowTheSameRules(String path) throws Exception {
    startHttp2(Applications.echo());
    assertEquals(404, get(path).statusCode());
  }

  @Test
  void anOldVersionOfTlsIsRefused() throws Exception {
    start(Applications.echo(), true, HttpVersion.HTTP_1_1);
    HttpClient old =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.1")));
    int port = front.listening().getFirst().port();
    assertThrows(
        ExecutionException.class,
        () -> await(old.request(HttpMethod.GET, port, "127.0.0.1", "/").compose(r -> r.send())));
    await(old.close());
  }

  @Test
  void anUnusableCertificateIsAClearFailure() {
    startHttp2(Applications.echo());
    Tls broken = new Tls.Pem("no certificate", tls.key());
    Listener listener = new Listener("main", "127.0.0.1", 0, Optional.of(broken));
    GatewaySettings settings =
        Settings.of(List.of(listener), Settings.LIMITS, Settings.PATIENT, List.of());
    ListenException e = assertThrows(ListenException.class, () -> front.reconfigure(settings));
    assertEquals("KW212", e.code());
    assertFalse(e.getMessage().contains("BEGIN"));
  }
}
