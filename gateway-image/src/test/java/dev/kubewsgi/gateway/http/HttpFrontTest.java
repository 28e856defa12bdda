package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.BodyReader;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.routing.LiveRouter;
import dev.kubewsgi.gateway.routing.Router;
import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Limits;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1 over real sockets: what crosses a connection, and when it ends. */
@Timeout(60)
final class HttpFrontTest {

  private static final Duration SOON = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

  private static Vertx vertx;

  private final HttpStats stats = new HttpStats();
  private HttpFront front;

  @BeforeAll
  static void startLoops() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopLoops() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** After every test: nothing in flight, and nothing left open that the test closed. */
  @AfterEach
  void stopFront() throws Exception {
    front.stop().get(30, TimeUnit.SECONDS);
    assertEquals(0, stats.snapshot().inFlight(), "requests in flight");
    assertEquals(0, stats.snapshot().connections(), "connections");
  }

  private int start(Application application) {
    return start(application, Settings.plain(0));
  }

  private int start(Application application, GatewaySettings settings) {
    return start(application, settings, AccessLog.ofLogger());
  }

  private int start(Application application, GatewaySettings settings, AccessLog log) {
    front =
        HttpFront.start(vertx, settings, Applications.everywhere(application), stats, log, "test");
    return front.listening().getFirst().port();
  }

  private static GatewaySettings with(Timeouts timeouts) {
    return Settings.of(List.of(Settings.listener("http", 0)), Settings.LIMITS, timeouts, List.of());
  }

  private static Application constant(String body, String... fields) {
    return exchange -> exchange.respond(Applications.head(200, fields), Applications.bytes(body));
  }

  // Whole answers.

  @Test
  void anAnswerKeepsReasonAndFieldsAndGetsDateAndServer() throws IOException {
    int port = start(constant("hello", "Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-L", "\u00e9"));
    try (Client client = new Client(port)) {
      Answer answer = client.send(GET).answer();
      assertEquals("Fine", answer.reason());
      assertEquals("hello", answer.body());
      assertTrue(answer.fields().containsAll(List.of("set-cookie: a=1", "set-cookie: b=2")));
      assertEquals("\u00e9", answer.field("X-L"));
      assertEquals("kube-wsgi", answer.field("Server"));
      assertTrue(answer.field("Date").endsWith(" GMT"));
      assertNull(answer.field("Connection"));
    }
  }

  @Test
  void theApplicationsOwnDateAndServerStay() throws IOException {
    int port = start(constant("", "date", "then", "SERVER", "mine"));
    try (Client client = new Client(port)) {
      Answer answer = client.send(GET).answer();
      assertEquals(1, answer.fields().stream().filter(f -> f.startsWith("date: ")).count());
      assertEquals("mine", answer.field("Server"));
    }
  }

  @Test
  void connectionLevelFieldsOfAnApplicationDoNotPass() throws IOException {
    int port =
        start(
            constant(
                "x",
                "Connection",
                "close",
                "Transfer-Encoding",
                "chunked",
                "Keep-Alive",
                "1",
                "Upgrade",
                "h2c",
                "Trailer",
                "X",
                "TE",
                "x",
                "Proxy-Connection",
                "x"));
    try (Client client = new Client(port)) {
      assertEquals(
          List.of("content-length"),
          client.send(GET).answer().fields().stream()
              .map(field -> field.substring(0, field.indexOf(':')))
              .filter(name -> !name.equals("date") && !name.equals("server"))
              .toList());
      assertEquals("x", client.send(GET).answer().body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\0b", "a\rb", "\u0100"})
  void anAnswerThatWouldSplitIsNotSent(String value) throws IOException {
    int port = start(constant("x", "X-Bad", value));
    try (Client client = new Client(port)) {
      Answer answer = client.send(GET).answer();
      assertEquals(502, answer.status());
      assertTrue(answer.body().contains("KW505"), answer.body());
    }
  }

  @Test
  void aHeadRequestGetsTheFieldsAndNoBody() throws IOException {
    int port = start(constant("hello"));
    try (Client client = new Client(port)) {
      client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + GET);
      String head = client.readUntil("\r\n\r\n");
      assertTrue(head.contains("Content-Length: 5"), head);
      assertEquals("hello", client.answer().body());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void anAnswerWithoutBodyHasNone(int status) throws IOException {
    int port =
        start(exchange -> exchange.respond(Applications.head(status), Unpooled.EMPTY_BUFFER));
    try (Client client = new Client(port)) {
      String head = client.send(GET + GET).readUntil("\r\n\r\n");
      assertFalse(head.contains("Content-Length"), head);
      assertTrue(client.readUntil("\r\n\r\n").startsWith("HTTP/1.1 " + status));
    }
  }

  @Test
  void moreThanContentLengthIsCutAndLessBreaksTheConnection() throws IOException {
    int port =
        start(
            exchange -> {
              boolean more = exchange.request().target().equals("/more");
              exchange.respond(
                  Applications.head(200, "Content-Length", "5"),
                  Applications.bytes(more ? "hello and more" : "hell"));
            });
    try (Client client = new Client(port)) {
      client.send("GET /more HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals("hello", client.answer().body());
      client.send("GET /less HTTP/1.1\r\nHost: h\r\n\r\n");
      assertTrue(client.endsByReset());
    }
  }

  // Streamed answers.

  @Test
  void aStreamIsChunkedAndEachBlockGoesOutAtOnce() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    int port = start(taken::complete);
    try (Client client = new Client(port)) {
      Exchange exchange = taken(client.send(GET), taken);
      onLoop(exchange, () -> exchange.start(Applications.head(200)));
      assertTrue(client.readUntil("\r\n\r\n").contains("Transfer-Encoding: chunked"));
      onLoop(exchange, () -> exchange.write(Applications.bytes("one")));
      assertEquals("3\r\none\r\n", client.readUntil("one\r\n"));
      onLoop(exchange, () -> exchange.write(Unpooled.EMPTY_BUFFER));
      onLoop(exchange, () -> exchange.write(Applications.bytes("0123456789abcdef")));
      assertEquals("10\r\n0123456789abcdef\r\n", client.readUntil("f\r\n"));
      onLoop(exchange, exchange::end);
      assertEquals("0\r\n\r\n", client.readUntil("\r\n\r\n"));
    }
  }

  @Test
  void aStreamToHttp10EndsWithTheConnection() throws Exception {
    int port =
        start(
            exchange -> {
              exchange.start(Applications.head(200));
              exchange.write(Applications.bytes("one"));
              exchange.write(Applications.bytes("two"));
              exchange.end();
            });
    try (Client client = new Client(port)) {
      client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Answer answer = client.answersUntilClose().getFirst();
      assertEquals("onetwo", answer.body());
      assertEquals("close", answer.field("Connection"));
    }
  }

  @Test
  void aStreamWithALengthNeedsNoChunks() throws IOException {
    int port =
        start(
            exchange -> {
              exchange.start(Applications.head(200, "Content-Length", "6"));
              exchange.write(Applications.bytes("one"));
              exchange.write(Applications.bytes("two"));
              exchange.end();
            });
    try (Client client = new Client(port)) {
      assertEquals("onetwo", client.send(GET).answer().body());
      assertEquals("onetwo", client.send(GET).answer().body());
    }
  }

  @Test
  void aFailureInMidAnswerResetsTheConnection() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    int port = start(taken::complete);
    try (Client client = new Client(port)) {
      Exchange exchange = taken(client.send(GET), taken);
      onLoop(exchange, () -> exchange.start(Applications.head(200)));
      onLoop(exchange, () -> exchange.write(Applications.bytes("one")));
      client.readUntil("one\r\n");
      onLoop(exchange, () -> exchange.fail(Failure.of(FailureCode.WORKER_DIED, "killed")));
      assertTrue(client.endsByReset());
    }
  }

  @Test
  void aSlowClientHoldsTheApplicationBack() throws Exception {
    int blocks = 400;
    int size = 64 * 1024;
    AtomicBoolean heldBack = new AtomicBoolean();
    int port =
        start(
            exchange -> {
              exchange.start(
                  Applications.head(200, "Content-Length", Integer.toString(blocks * size)));
              pump(exchange, blocks, size, heldBack);
            });
    try (Client client = new Client(port, 4096)) {
      client.send(GET).readUntil("\r\n\r\n");
      byte[] buffer = new byte[size];
      long read = 0;
      while (read < (long) blocks * size) {
        read += client.read(buffer);
      }
      assertTrue(heldBack.get(), "write never said that the client is slow");
    }
  }

  private static void pump(Exchange exchange, int blocks, int size, AtomicBoolean heldBack) {
    for (int left = blocks; left > 0; left--) {
      if (!exchange.write(Unpooled.wrappedBuffer(new byte[size]))) {
        heldBack.set(true);
        int rest = left - 1;
        exchange.onWritable(() -> pump(exchange, rest, size, heldBack));
        return;
      }
    }
    exchange.end();
  }

  @Test
  void aClientThatTakesNothingIsGivenUp() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    int port =
        start(
            exchange -> {
              exchange.onClosed(() -> closed.complete(null));
              exchange.start(Applications.head(200));
              pump(exchange, 1000, 64 * 1024, new AtomicBoolean());
            },
            with(new Timeouts(LONG, LONG, LONG, SOON, LONG)));
    try (Client client = new Client(port, 4096)) {
      client.send(GET);
      closed.get(20, TimeUnit.SECONDS);
      assertTrue(client.endsByReset());
    }
    assertEquals(1, stats.snapshot().failures().get(FailureCode.CLIENT_TOO_SLOW));
  }

  @Test
  void anApplicationLearnsThatItsClientLeft() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    int port =
        start(
            exchange -> {
              exchange.onClosed(() -> closed.complete(null));
              taken.complete(exchange);
            });
    Client client = new Client(port);
    Exchange exchange = taken(client.send(GET), taken);
    client.close();
    closed.get(20, TimeUnit.SECONDS);
    ByteBuf late = Applications.bytes("late");
    onLoop(exchange, () -> exchange.respond(Applications.head(200), late));
    assertEquals(0, late.refCnt(), "a late answer is released");
  }

  // Bodies.

  @Test
  void continueIsSentWhenTheBodyIsReadAndNotBefore() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    int port = start(taken::complete);
    try (Client client = new Client(port)) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      Exchange exchange = taken(client, taken);
      assertTrue(exchange.request().expectsContinue());
      onLoop(exchange, () -> Applications.echo().handle(exchange));
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.readUntil("\r\n\r\n"));
      assertEquals("POST [/] [] [hello]", client.send("hello").answer().body());
    }
  }

  @Test
  void anAnswerWithoutContinueClosesTheConnection() throws IOException {
    int port = start(constant("no"));
    try (Client client = new Client(port)) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      List<Answer> answers = client.answersUntilClose();
      assertEquals(1, answers.size());
      assertEquals("close", answers.getFirst().field("Connection"));
    }
  }

  @Test
  void aSmallUnreadBodyIsDroppedAndTheConnectionStays() throws IOException {
    int port = start(constant("x"));
    try (Client client = new Client(port)) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n");
      assertNull(client.answer().field("Connection"));
      client.send("b".repeat(5000));
      assertEquals("x", client.send(GET).answer().body());
    }
  }

  @Test
  void aLargeUnreadBodyClosesTheConnectionAndTheAnswerArrives() throws IOException {
    int port = start(constant("x"));
    try (Client client = new Client(port)) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n");
      client.send("b".repeat(90_000));
      Answer answer = client.answersUntilClose().getFirst();
      assertEquals("x", answer.body());
      assertEquals("close", answer.field("Connection"));
    }
  }

  @Test
  void aBodyWaitsAtTheClientWhileItIsPaused() throws Exception {
    int size = 60_000_000;
    AtomicLong received = new AtomicLong();
    CompletableFuture<Exchange> paused = new CompletableFuture<>();
    Application pausing =
        exchange ->
            exchange.readBody(
                new BodyReader() {
                  @Override
                  public void block(ByteBuf block) {
                    if (received.getAndAdd(block.readableBytes()) == 0) {
                      exchange.pauseBody();
                      paused.complete(exchange);
                    }
                    block.release();
                  }

                  @Override
                  public void end() {
                    exchange.respond(Applications.head(200), Applications.bytes("" + received));
                  }

                  @Override
                  public void failed(Failure cause) {
                    exchange.fail(cause);
                  }
                });
    Limits limits = new Limits(8190, 32_768, 0);
    int port =
        start(
            pausing,
            Settings.of(
                List.of(Settings.listener("http", 0)), limits, Settings.PATIENT, List.of()));
    try (Client client = new Client(port)) {
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.send(
                          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n");
                      String block = "b".repeat(100_000);
                      while (sent.addAndGet(block.length()) <= size) {
                        client.send(block);
                      }
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      Exchange exchange = paused.get(20, TimeUnit.SECONDS);
      assertFalse(sender.join(Duration.ofMillis(500)), "all of the body was taken");
      assertTrue(received.get() < 2_000_000, "received " + received);
      onLoop(exchange, exchange::resumeBody);
      assertEquals(Integer.toString(size), client.answer().body());
    }
  }

  @Test
  void aBodyThatStopsComingIsATimeout() throws IOException {
    int port = start(Applications.echo(), with(new Timeouts(LONG, LONG, SOON, LONG, LONG)));
    try (Client client = new Client(port)) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
      Answer answer = client.answersUntilClose().getFirst();
      assertEquals(408, answer.status());
      assertTrue(answer.body().contains("KW408"));
    }
  }

  // Time.

  /** What is sent byte by byte, each sooner than the limit and all of it much later. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: h\r\nX-A: ",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n9999\r\n"
      })
  void whatDribblesIsATimeout(String beginning) throws Exception {
    int port = start(Applications.echo(), with(new Timeouts(SOON, LONG, SOON, LONG, LONG)));
    try (Client client = new Client(port);
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      client.send(beginning);
      Future<Answer> answer = reader.submit(client::answer);
      for (int i = 0; i < 60 && !isThere(answer); i++) {
        client.send("x");
      }
      assertTrue(answer.isDone(), "it goes on for ever");
      assertEquals(408, answer.get().status());
    }
  }

  /** Within less than the limit. */
  private static boolean isThere(Future<Answer> answer) throws Exception {
    try {
      answer.get(SOON.toMillis() / 6, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Test
  void aHeaderSectionThatStopsComingIsATimeout() throws IOException {
    int port = start(Applications.echo(), with(new Timeouts(SOON, LONG, LONG, LONG, LONG)));
    try (Client client = new Client(port)) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX-A");
      Answer answer = client.answersUntilClose().getFirst();
      assertEquals(408, answer.status());
    }
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() throws IOException {
    int port = start(constant("x"), with(new Timeouts(LONG, SOON, LONG, LONG, LONG)));
    try (Client silent = new Client(port)) {
      assertEquals("", silent.rest());
    }
    try (Client client = new Client(port)) {
      client.send(GET).answer();
      assertEquals("", client.rest());
    }
  }

  // Errors.

  @Test
  void aFailureBecomesAPageWithCodeAndIdAndNoInternals() throws IOException {
    Failure failure =
        Failure.retryable(FailureCode.QUEUE_FULL, "group site1 secret", Duration.ofSeconds(3));
    int port = start(exchange -> exchange.fail(failure));
    try (Client client = new Client(port)) {
      Answer text = client.send(GET).answer();
      assertEquals(503, text.status());
      assertEquals("3", text.field("Retry-After"));
      assertEquals("text/plain", text.field("Content-Type"));
      assertTrue(text.body().contains("KW501, request " + text.field("X-Request-Id")));
      assertFalse(text.body().contains("secret"));
      client.send("GET / HTTP/1.1\r\nHost: h\r\nAccept: text/html,*/*\r\n\r\n");
      assertEquals("text/html", client.answer().field("Content-Type"));
    }
    assertEquals(2, stats.snapshot().failures().get(FailureCode.QUEUE_FULL));
    assertEquals(2, stats.snapshot().answersByStatusClass()[5]);
  }

  @Test
  void anApplicationThatThrowsIsAFaultOfTheGateway() throws IOException {
    int port =
        start(
            exchange -> {
              throw new IllegalStateException("a fault on purpose");
            });
    try (Client client = new Client(port)) {
      assertTrue(client.send(GET).answer().body().contains("KW599"));
    }
  }

  @Test
  void noRouteIs404AndTheConnectionStays() throws IOException {
    front =
        HttpFront.start(
            vertx,
            Settings.plain(0),
            new LiveRouter(Router.empty()),
            stats,
            AccessLog.ofLogger(),
            "test");
    try (Client client = new Client(front.listening().getFirst().port())) {
      assertEquals(404, client.send(GET).answer().status());
      assertEquals(404, client.send(GET).answer().status());
    }
  }

  // Listeners.

  @Test
  void aPortInUseIsAClearFailure() throws IOException {
    start(constant("x"));
    try (ServerSocket other = new ServerSocket(0)) {
      GatewaySettings taken = Settings.plain(other.getLocalPort());
      ListenException e = assertThrows(ListenException.class, () -> front.reconfigure(taken));
      assertEquals("KW210", e.code());
      assertTrue(
          e.getMessage().contains(":" + other.getLocalPort() + " is in use"), e.getMessage());
      assertEquals(1, front.listening().size());
    }
  }

  @Test
  void anAddressOfAnotherMachineIsAClearFailure() {
    start(constant("x"));
    Listener away = new Listener("away", "192.0.2.1", 0, Optional.empty());
    GatewaySettings settings =
        Settings.of(List.of(away), Settings.LIMITS, Settings.PATIENT, List.of());
    assertEquals(
        "KW211", assertThrows(ListenException.class, () -> front.reconfigure(settings)).code());
  }

  @Test
  void reconfiguringLeavesOtherListenersAndTheirConnectionsAlone() throws IOException {
    int port = start(constant("x"));
    Listener first = Settings.listener("http", 0);
    Listener second = Settings.listener("second", 0);
    try (Client client = new Client(port)) {
      client.send(GET).answer();
      front.reconfigure(
          Settings.of(List.of(first, second), Settings.LIMITS, Settings.PATIENT, List.of()));
      int added = front.listening().get(1).port();
      assertEquals(port, front.listening().getFirst().port());
      assertEquals("x", client.send(GET).answer().body());
      try (Client other = new Client(added)) {
        assertEquals("x", other.send(GET).answer().body());
        front.reconfigure(
            Settings.of(List.of(first), new Limits(50, 50, 1), Settings.PATIENT, List.of()));
        assertEquals("", other.rest());
      }
      assertThrows(UncheckedIOException.class, () -> new Client(added));
      assertEquals(
          414, client.send("GET /" + "a".repeat(60) + " HTTP/1.1\r\n\r\n").answer().status());
    }
  }

  @Test
  void onceTheEndIsAnnouncedEachAnswerEndsItsConnectionAndNewOnesAreStillTaken() throws Exception {
    int port = start(Applications.echo());
    try (Client before = new Client(port)) {
      assertEquals(200, before.send(GET).answer().status());
      front.announceEnd();
      Answer last = before.send(GET).answersUntilClose().getFirst();
      assertEquals(200, last.status());
      assertEquals("close", last.field("Connection"));
    }
    try (Client after = new Client(port)) {
      Answer only = after.send(GET).answersUntilClose().getFirst();
      assertEquals(200, only.status());
      assertEquals("close", only.field("Connection"));
    }
  }

  @Test
  void stoppingFinishesWhatIsInFlightAndTakesNothingNew() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    int port = start(taken::complete);
    try (Client busy = new Client(port);
        Client idle = new Client(port)) {
      Exchange exchange = taken(busy.send(GET), taken);
      awaitConnections(2);
      CompletableFuture<Void> stopped = front.stop();
      assertEquals("", idle.rest());
      awaitRefusal(port);
      assertFalse(stopped.isDone());
      onLoop(exchange, () -> exchange.respond(Applications.head(200), Applications.bytes("last")));
      Answer answer = busy.answersUntilClose().getFirst();
      assertEquals("last", answer.body());
      assertEquals("close", answer.field("Connection"));
      busy.close();
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  /** One that waits to be accepted is reset with its listener. */
  private void awaitConnections(int count) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (stats.snapshot().connections() < count) {
      assertTrue(System.nanoTime() < end, "not all were accepted");
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  /** The JDK leaves the closing of a socket that is selected on to the next selection. */
  private static void awaitRefusal(int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (isTaken(port)) {
      assertTrue(System.nanoTime() < end, "the port still takes connections");
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static boolean isTaken(int port) throws IOException {
    try (Client _ = new Client(port)) {
      return true;
    } catch (UncheckedIOException refused) {
      return false;
    }
  }

  @Test
  void stoppingBreaksOffWhatTakesTooLong() throws Exception {
    CompletableFuture<Exchange> taken = new CompletableFuture<>();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    int port =
        start(
            exchange -> {
              exchange.onClosed(() -> closed.complete(null));
              taken.complete(exchange);
            },
            with(new Timeouts(LONG, LONG, LONG, LONG, SOON)));
    try (Client client = new Client(port)) {
      taken(client.send(GET), taken);
      front.stop().get(20, TimeUnit.SECONDS);
      closed.get(20, TimeUnit.SECONDS);
    }
  }

  // The log.

  @Test
  void theAccessLogHasALineForEachRequest() throws Exception {
    ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    AccessLog log = AccessLog.to(lines::add);
    int port = start(constant("hello"), Settings.plain(0).logged(), log);
    try (Client client = new Client(port)) {
      client.send("GET /a\"b?c HTTP/1.1\r\nHost: h\r\nReferer: r\r\nUser-Agent: u\"\u00e9\r\n\r\n");
      client.answer();
    }
    log.close();
    String expected =
        "127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /a\\\\\"b\\?c HTTP/1\\.1\" 200 5 \"r\""
            + " \"u\\\\\"\\\\xe9\" [0-9a-f]{32} \\d+ test -";
    assertTrue(lines.peek().matches(expected), lines.peek());
    assertEquals(1, lines.size());
  }

  @Test
  void theAccessLogHasTheRequestsOfAsLongAsTheSettingsWantIt() throws Exception {
    ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    AccessLog log = AccessLog.to(lines::add);
    BlockingQueue<EventLoop> loops = new LinkedBlockingQueue<>();
    int port = start(telling(loops, constant("hello")), Settings.plain(0), log);
    try (Client client = new Client(port)) {
      client.send("GET /before HTTP/1.1\r\nHost: h\r\n\r\n");
      client.answer();
      hasCounted(loops);
      front.reconfigure(Settings.plain(0).logged());
      client.send("GET /while HTTP/1.1\r\nHost: h\r\n\r\n");
      client.answer();
      hasCounted(loops);
      front.reconfigure(Settings.plain(0));
      client.send("GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
      client.answer();
    }
    log.close();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.peek().contains("GET /while "), lines.peek());
  }

  @Test
  void theAccessLogHasSlowRequestsInAnyCase() throws Exception {
    ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    AccessLog log = AccessLog.to(lines::add);
    Application late =
        exchange ->
            exchange
                .eventLoop()
                .schedule(
                    () -> exchange.respond(Applications.head(200), Applications.bytes("late")),
                    20,
                    TimeUnit.MILLISECONDS);
    BlockingQueue<EventLoop> loops = new LinkedBlockingQueue<>();
    int port = start(telling(loops, late), Settings.slowFrom(Duration.ofHours(1)), log);
    try (Client client = new Client(port)) {
      client.send("GET /fast HTTP/1.1\r\nHost: h\r\n\r\n");
      client.answer();
      hasCounted(loops);
      front.reconfigure(Settings.slowFrom(Duration.ofMillis(20)));
      client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
      client.answer();
      hasCounted(loops);
    }
    log.close();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.peek().contains("GET /slow "), lines.peek());
  }

  private static Application telling(Queue<EventLoop> loops, Application application) {
    return exchange -> {
      loops.add(exchange.eventLoop());
      application.handle(exchange);
    };
  }

  /** A request is counted and logged after its answer has been sent. */
  private static void hasCounted(BlockingQueue<EventLoop> loops) throws InterruptedException {
    loops.take().submit(() -> {}).sync();
  }

  private static Exchange taken(Client client, CompletableFuture<Exchange> taken) throws Exception {
    return taken.get(20, TimeUnit.SECONDS);
  }

  private static void onLoop(Exchange exchange, Runnable step) throws Exception {
    exchange.eventLoop().submit(step).get(20, TimeUnit.SECONDS);
  }
}
