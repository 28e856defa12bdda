package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.daemon.TestGroup;
import dev.kubewsgi.gateway.exchange.Application;
import dev.kubewsgi.gateway.exchange.Environ;
import dev.kubewsgi.gateway.http.RequestCorpus.Pieces;
import dev.kubewsgi.gateway.http.RequestCorpus.Replay;
import dev.kubewsgi.routes.ApplicationGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The gateway and a worker read the same requests out of the same bytes: no pair of them can be
 * talked into different ones. Whatever a client sends to a real listener, a real worker is asked as
 * often as the gateway has let a request in, and sees the variables and the body that it has made
 * of it; and where the gateway refuses, no worker is asked.
 */
@Timeout(600)
final class WorkerAgreementTest {

  /** Spoilt requests that are sent: each time other ones, and many more by {@code make fuzz}. */
  private static final int SPOILT = Integer.getInteger("kubewsgi.test.spoilt", 400);

  /** What differs from one connection or request to the next, or has the listener's own port. */
  private static final Set<String> OF_THE_MOMENT =
      Set.of(
          "REMOTE_ADDR",
          "REMOTE_PORT",
          "SERVER_PORT",
          "SERVER_SOFTWARE",
          "SCRIPT_FILENAME",
          "mod_wsgi.listener_port",
          "mod_wsgi.connection_id",
          "mod_wsgi.request_id",
          "mod_wsgi.request_start");

  private static final String SEEN =
      """
      OF_THE_MOMENT = {%s}
      OF_THE_WORKER = {"mod_wsgi.version", "mod_wsgi.process_group", "mod_wsgi.application_group"}

      def text(value):
          return "".join(c if "!" <= c <= "~" and c != "%%" else "%%%%%%02x" %% ord(c) for c in value)

      def application(environ, start_response):
          body = environ["wsgi.input"].read().decode("latin-1")
          left_out = OF_THE_MOMENT | OF_THE_WORKER
          lines = ["%%s=%%s" %% (key, text(value)) for key, value in environ.items()
                   if isinstance(value, str) and key not in left_out]
          start_response("200 OK", [("Content-Type", "text/plain")])
          return [("\\n".join(sorted(lines)) + "\\n" + text(body)).encode()]
      """;

  private static Vertx vertx;
  private static TestGroup workers;
  private static HttpFront front;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    workers = new TestGroup(1, 2, ((VertxInternal) vertx).getEventLoopGroup());
    String keys = String.join(", ", OF_THE_MOMENT.stream().map(key -> "\"" + key + "\"").toList());
    ApplicationGroup seen = workers.script("seen", SEEN.formatted(keys));
    workers.apply(seen);
    front =
        HttpFront.start(
            vertx,
            Settings.plain(0),
            Applications.everywhere(workers.application(seen)),
            new HttpStats(),
            AccessLog.ofLogger(),
            "test");
    port = front.listening().getFirst().port();
  }

  @AfterAll
  static void stop() throws Exception {
    front.stop().get(30, TimeUnit.SECONDS);
    workers.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void everyRequestOfTheCorpusReachesTheWorkerAsTheGatewayReadsIt() throws Exception {
    int asked = 0;
    for (String name : RequestCorpus.all()) {
      byte[] request = RequestCorpus.read(name);
      for (Pieces pieces : RequestCorpus.splits(request).subList(0, 2)) {
        asked += agree(name, request, pieces);
      }
    }
    int leastAsked = asked;
    assertTrue(asked >= 60, () -> "requests that reached the worker: " + leastAsked);
  }

  @Test
  void whatIsSpoiltAtRandomReachesTheWorkerAsTheGatewayReadsItOrNotAtAll() throws Exception {
    long seed = Long.getLong("kubewsgi.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> names = RequestCorpus.all();
    int asked = 0;
    for (int i = 0; i < SPOILT; i++) {
      String name = names.get(random.nextInt(names.size()));
      byte[] request = RequestCorpus.spoilt(RequestCorpus.read(name), random);
      String what = "-Dkubewsgi.test.seed=%d, %s".formatted(seed, name);
      asked += agree(what, request, new Pieces(Math.max(2, request.length / 3), random));
    }
    int leastAsked = asked;
    assertTrue(asked >= SPOILT / 20, () -> "requests that reached the worker: " + leastAsked);
  }

  /**
   * @return how many requests reached the worker
   */
  private static int agree(String name, byte[] request, Pieces pieces) throws IOException {
    Replay expected =
        RequestCorpus.replay(seen(), request, new Pieces(request.length, new Random(0)));
    StringBuilder found = new StringBuilder(expected.open() ? "open" : "closed");
    int asked = 0;
    try (Client client = new Client(port)) {
      client.sendInPieces(request, pieces);
      for (Answer answer : expected.answers()) {
        if (answer.status() != 100) {
          Answer real = client.finalAnswer();
          found.append(' ').append(real.status());
          found.append(real.status() == 200 ? real.body() : "");
          asked += real.status() == 200 ? 1 : 0;
        }
      }
      if (!expected.open()) {
        assertEquals("", client.restOrReset(), () -> name + ": after the last answer");
      }
    }
    String text = new String(request, StandardCharsets.ISO_8859_1);
    assertEquals(expected.outcome(), found.toString(), () -> name + ": " + text);
    return asked;
  }

  /** What the gateway would tell a worker, told by itself. */
  private static Application seen() {
    return Applications.reading(
        (exchange, body) -> {
          Environ environ = exchange.request().environ();
          Set<String> lines = new TreeSet<>();
          for (int i = 0; i < environ.size(); i++) {
            if (!OF_THE_MOMENT.contains(environ.key(i))) {
              lines.add(environ.key(i) + "=" + text(environ.value(i)));
            }
          }
          String all = String.join("\n", lines) + "\n" + text(body);
          exchange.respond(
              Applications.head(200, "Content-Type", "text/plain"), Applications.bytes(all));
        });
  }

  private static String text(String value) {
    StringBuilder text = new StringBuilder();
    for (char c : value.toCharArray()) {
      text.append(c >= '!' && c <= '~' && c != '%' ? "" + c : "%%%02x".formatted((int) c));
    }
    return text.toString();
  }
}
