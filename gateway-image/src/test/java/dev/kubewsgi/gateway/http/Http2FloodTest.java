package dev.kubewsgi.gateway.http;

import static dev.kubewsgi.gateway.http.Http2Wire.CONTINUATION;
import static dev.kubewsgi.gateway.http.Http2Wire.DATA;
import static dev.kubewsgi.gateway.http.Http2Wire.END_HEADERS;
import static dev.kubewsgi.gateway.http.Http2Wire.END_STREAM;
import static dev.kubewsgi.gateway.http.Http2Wire.HEADERS;
import static dev.kubewsgi.gateway.http.Http2Wire.HEADER_TABLE_SIZE;
import static dev.kubewsgi.gateway.http.Http2Wire.INITIAL_WINDOW_SIZE;
import static dev.kubewsgi.gateway.http.Http2Wire.PING;
import static dev.kubewsgi.gateway.http.Http2Wire.PRIORITY;
import static dev.kubewsgi.gateway.http.Http2Wire.RST_STREAM;
import static dev.kubewsgi.gateway.http.Http2Wire.WINDOW_UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Exchange;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.routes.GatewaySettings.Timeouts;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 connections that make more work than they pay for. Each is ended with the error that says
 * so (RFC 9113 section 10.5), at the limit and not before; applications run no more often than that
 * limit; and others, on the same event loop, are answered meanwhile.
 */
@Timeout(60)
final class Http2FloodTest {

  private static final int PROTOCOL_ERROR = 1;
  private static final int STREAM_CLOSED = 5;
  private static final int REFUSED_STREAM = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int MOST_RESETS = 200;
  private static final int MOST_STREAMS = 128;

  private static Vertx vertx;

  private final HttpStats stats = new HttpStats();
  private final AtomicInteger runs = new AtomicInteger();
  private HttpFront front;
  private Client other;

  @BeforeAll
  static void startOneLoop() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  }

  @AfterAll
  static void stopLoop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() throws Exception {
    othersAreServed();
    other.close();
    front.stop().get(30, TimeUnit.SECONDS);
    assertEquals(0, stats.snapshot().inFlight(), "requests in flight");
    assertEquals(0, stats.snapshot().connections(), "connections");
  }

  private Http2Wire connect(Application application) throws IOException {
    return connect(application, Settings.PATIENT);
  }

  /** To an application that is counted, at a gateway where another client is, too. */
  private Http2Wire connect(Application application, Timeouts timeouts) throws IOException {
    Application counted =
        exchange -> {
          if (!exchange.request().target().equals("/other")) {
            runs.incrementAndGet();
            application.handle(exchange);
          } else {
            exchange.respond(Applications.head(200), Applications.bytes("other"));
          }
        };
    front =
        HttpFront.start(
            vertx,
            Settings.of(
                List.of(Settings.listener("main", 0)), Settings.LIMITS, timeouts, List.of()),
            Applications.everywhere(counted),
            stats,
            AccessLog.ofLogger(),
            "test");
    other = new Client(port());
    return new Http2Wire(port());
  }

  private int port() {
    return front.listening().getFirst().port();
  }

  private void othersAreServed() throws IOException {
    assertEquals("other", other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n").answer().body());
  }

  /** Runs for ever, as what waits for a database does. */
  private static Application busy() {
    return exchange -> {};
  }

  /** CVE-2023-44487. */
  @Test
  void rapidResetEndsAtTheLimit() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      wire.times(MOST_RESETS, stream -> wire.get(stream).numbers(RST_STREAM, 0, stream, 8));
      wire.awaitEcho();
      othersAreServed();
      wire.get(1001).numbers(RST_STREAM, 0, 1001, 8).flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
      assertEquals(MOST_RESETS + 1, runs.get());
    }
  }

  /** Frames that make the server reset the stream whose request it has begun: CVE-2025-8671. */
  enum MadeReset {
    WINDOW_OF_NOTHING {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream).numbers(WINDOW_UPDATE, 0, stream, 0);
      }
    },
    WINDOW_OVERFLOW {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream).numbers(WINDOW_UPDATE, 0, stream, Integer.MAX_VALUE);
      }
    },
    DATA_AFTER_THE_END {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream).frame(DATA, 0, stream, (byte) 'x');
      }
    },
    HEADERS_AFTER_THE_END {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream).get(stream);
      }
    },
    PRIORITY_TOO_SHORT {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream).frame(PRIORITY, 0, stream, new byte[4]);
      }
    },
    PRIORITY_ON_ITSELF {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.get(stream)
            .frame(
                PRIORITY,
                0,
                stream,
                (byte) 0,
                (byte) 0,
                (byte) (stream >> 8),
                (byte) stream,
                (byte) 1);
      }
    },
    SECOND_HEADERS_WITHOUT_END {
      @Override
      void gather(Http2Wire wire, int stream) {
        wire.post(stream).post(stream);
      }
    },
    BODY_LONGER_THAN_ITS_LENGTH {
      @Override
      void gather(Http2Wire wire, int stream) {
        byte[] block = Http2Wire.hex("838684410168" + "0f0d0131"); // content-length: 1
        wire.frame(HEADERS, END_HEADERS, stream, block).frame(DATA, 0, stream, new byte[2]);
      }
    };

    abstract void gather(Http2Wire wire, int stream);
  }

  @ParameterizedTest
  @EnumSource
  void resetsThatTheClientMakesTheServerSendEndAtTheLimit(MadeReset kind) throws Exception {
    try (Http2Wire wire = connect(busy())) {
      wire.times(MOST_RESETS, stream -> kind.gather(wire, stream));
      wire.awaitEcho();
      othersAreServed();
      kind.gather(wire, 1001);
      wire.flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
      assertTrue(runs.get() <= MOST_RESETS + 1, () -> "runs: " + runs);
    }
  }

  @Test
  void streamsBeyondTheLimitAreRefusedAndNotRun() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      wire.times(MOST_STREAMS + 10, wire::get);
      wire.flush();
      for (int i = 0; i < 10; i++) {
        assertEquals(REFUSED_STREAM, wire.awaitFrame(RST_STREAM).getInt());
      }
      wire.awaitEcho();
      assertEquals(MOST_STREAMS, runs.get());
    }
  }

  /** CVE-2024-27316 and its kin: a header section that does not end, in small pieces. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  void smallContinuationsEndAtTheLimit(int size) throws Exception {
    try (Http2Wire wire = connect(busy())) {
      byte[] part = Http2Wire.field("x", "y".repeat(size));
      wire.endlessGet(1);
      wire.times(16, _ -> wire.frame(CONTINUATION, 0, 1, Arrays.copyOf(part, size)));
      wire.flush();
      othersAreServed();
      wire.frame(CONTINUATION, 0, 1, Arrays.copyOf(part, size)).flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
      assertEquals(0, runs.get());
    }
  }

  /** In large ones: a quarter above what Netty takes, twice the limit, the connection ends. */
  @Test
  void largeContinuationsEndAtTheLimitForHeaderFields() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      byte[] part = Http2Wire.field("x", "y".repeat(9_000));
      wire.endlessGet(1);
      wire.times(11, _ -> wire.frame(CONTINUATION, 0, 1, part)).flush();
      othersAreServed();
      wire.frame(CONTINUATION, 0, 1, part).flush();
      assertEquals(PROTOCOL_ERROR, wire.errorAtTheEnd());
      assertEquals(0, runs.get());
    }
  }

  @Test
  void headerFieldsOverTheLimitAre431AndNotRun() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      byte[] part = Http2Wire.field("x", "y".repeat(15_000));
      wire.endlessGet(1).frame(CONTINUATION, 0, 1, part).frame(CONTINUATION, 0, 1, part);
      wire.frame(CONTINUATION, END_HEADERS, 1, part).flush();
      assertIs431(wire);
    }
  }

  /** A bomb of RFC 7541: one entry of the table, asked for in one byte each. */
  @Test
  void aFewBytesThatStandForManyFieldsAre431AndNotRun() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      byte[] entry = Http2Wire.field("x", "y".repeat(4000));
      entry[0] = 0x40; // with incremental indexing
      byte[] bomb = new byte[16_000];
      Arrays.fill(bomb, (byte) 0xbe);
      wire.endlessGet(1).frame(CONTINUATION, 0, 1, entry).frame(CONTINUATION, END_HEADERS, 1, bomb);
      wire.flush();
      assertIs431(wire);
    }
  }

  /** Its status is in the answer's block by its digits: RFC 7541 section 6.2.1. */
  private void assertIs431(Http2Wire wire) throws IOException {
    assertEquals(
        "48033433", HexFormat.of().formatHex(wire.awaitFrame(HEADERS).array()).substring(0, 8));
    wire.awaitEcho();
    assertEquals(0, runs.get());
  }

  @Test
  void settingsWithoutEndAreEnded() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      wire.times(99, stream -> wire.setting(HEADER_TABLE_SIZE, stream));
      wire.awaitEcho();
      othersAreServed();
      wire.setting(HEADER_TABLE_SIZE, 1).flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
    }
  }

  /** What is owed to a client that does not read is not kept for ever. */
  @Test
  void pingsOfAClientThatReadsNothingAreEnded() throws Exception {
    try (Http2Wire wire = connect(busy())) {
      boolean open = true;
      for (int i = 0; open && i < 4000; i++) {
        wire.times(1000, _ -> wire.frame(PING, 0, 0, new byte[8]));
        open = wire.flushes();
      }
      assertTrue(!open, "four million pings were taken, and no answer");
    }
  }

  @Test
  void emptyDataFramesAreEnded() throws Exception {
    try (Http2Wire wire = connect(Applications.echo())) {
      wire.post(1).frame(DATA, 0, 1).frame(DATA, 0, 1);
      wire.awaitEcho();
      othersAreServed();
      wire.frame(DATA, 0, 1).flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
      assertEquals(1, runs.get());
    }
  }

  /** Frames on streams that are over cost a reset each, and so end at the limit, too. */
  @Test
  void framesOnClosedStreamsEndAtTheLimit() throws Exception {
    try (Http2Wire wire = connect(Applications.echo())) {
      wire.get(1).flush();
      wire.await(DATA);
      wire.times(MOST_RESETS, _ -> wire.get(1)).flush();
      assertEquals(STREAM_CLOSED, wire.awaitFrame(RST_STREAM).getInt());
      wire.awaitEcho();
      wire.get(1).flush();
      assertEquals(ENHANCE_YOUR_CALM, wire.errorAtTheEnd());
      assertEquals(1, runs.get());
    }
  }

  /** Answers that nobody takes: applications are held back, and given up in the end. */
  @Test
  void windowsOfZeroHoldApplicationsBackAndTheStreamsAreGivenUp() throws Exception {
    AtomicLong written = new AtomicLong();
    Semaphore closed = new Semaphore(0);
    Duration patience = Duration.ofSeconds(60);
    Timeouts timeouts =
        new Timeouts(patience, patience, patience, Duration.ofMillis(500), patience);
    Application endless =
        exchange -> {
          exchange.onClosed(closed::release);
          exchange.start(Applications.head(200));
          writeOn(exchange, written);
        };
    try (Http2Wire wire = connect(endless, timeouts)) {
      wire.setting(INITIAL_WINDOW_SIZE, 0);
      wire.times(MOST_STREAMS, wire::get).flush();
      wire.await(HEADERS);
      othersAreServed();
      assertTrue(closed.tryAcquire(MOST_STREAMS, 20, TimeUnit.SECONDS), "not all were given up");
      assertTrue(written.get() <= MOST_STREAMS * 96L * 1024, () -> "bytes kept: " + written);
      assertEquals(MOST_STREAMS, stats.snapshot().failures().get(FailureCode.CLIENT_TOO_SLOW));
    }
  }

  private static void writeOn(Exchange exchange, AtomicLong written) {
    boolean more = true;
    while (more) {
      written.addAndGet(16 * 1024);
      more = exchange.write(Unpooled.wrappedBuffer(new byte[16 * 1024]));
    }
    exchange.onWritable(() -> writeOn(exchange, written));
  }

  /**
   * A client says how large a table of answers' fields the server may keep for it, up to 4 GiB. It
   * must not be believed: what was sent long ago is written in full, as it was forgotten.
   */
  @Test
  void answersFieldsAreNotRememberedForAsLongAsTheClientLikes() throws Exception {
    Application answers =
        exchange ->
            exchange.respond(
                Applications.head(200, "X-Long", exchange.request().environ().get("HTTP_X_ECHO")),
                Unpooled.EMPTY_BUFFER);
    try (Http2Wire wire = connect(answers)) {
      wire.setting(HEADER_TABLE_SIZE, 1_000_000).flush();
      Random random = new Random(5);
      List<String> values =
          random
              .ints(20, 0, Integer.MAX_VALUE)
              .mapToObj(seed -> letters(new Random(seed)))
              .collect(Collectors.toList());
      values.add(values.getFirst());
      int stream = 1;
      int size = 0;
      for (String value : values) {
        wire.get(stream, "x-echo", value).flush();
        size = wire.await(HEADERS).payload().remaining();

        stream += 2;
      }
      int last = size;
      assertTrue(last > 500, () -> "the first value came again in " + last + " bytes");
    }
  }

  private static String letters(Random random) {
    return random
        .ints(1000, 'a', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** A body byte by byte, each sooner than the limit and all of it much later. */
  @Test
  void aBodyThatDribblesIsATimeout() throws Exception {
    Duration patience = Duration.ofSeconds(60);
    Timeouts timeouts =
        new Timeouts(patience, patience, Duration.ofMillis(300), patience, patience);
    try (Http2Wire wire = connect(Applications.echo(), timeouts);
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      wire.post(1);
      Future<?> answer = reader.submit(() -> wire.await(HEADERS));
      for (int i = 0; i < 60 && !isThere(answer); i++) {
        wire.frame(DATA, 0, 1, (byte) 'x').flush();
      }
      assertTrue(answer.isDone(), "it goes on for ever");
      assertEquals(1, stats.snapshot().failures().get(FailureCode.REQUEST_TIMEOUT));
    }
  }

  private static boolean isThere(Future<?> answer) throws Exception {
    try {
      answer.get(50, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** Trailers end a request, and fields of connections or of requests in them are an error. */
  @Test
  void trailersWithPseudoFieldsAreAnError() throws Exception {
    try (Http2Wire wire = connect(Applications.echo())) {
      wire.post(1).frame(HEADERS, END_HEADERS | END_STREAM, 1, Http2Wire.hex("82")).flush();
      assertEquals(PROTOCOL_ERROR, wire.awaitFrame(RST_STREAM).getInt());
    }
  }
}
