package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a poll does for whatever an API server answers: here the test plays the server. */
class ObjectPollTest {

  private static final long PATIENCE_SECONDS = 30;
  private static final long MINUTE_MILLIS = 60_000;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<HttpServerRequest> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final ImpatientThread thread = new ImpatientThread();
  private final ApiHealth health = new ApiHealth();
  private ApiClient client;

  /** Waits for nothing, and keeps how long it was to wait, in milliseconds. */
  private static final class ImpatientThread extends ScheduledThreadPoolExecutor {

    private final BlockingQueue<Long> pauses = new LinkedBlockingQueue<>();

    ImpatientThread() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      if (delay > 0) {
        pauses.add(unit.toMillis(delay));
      }
      return super.schedule(command, 0, unit);
    }
  }

  @BeforeEach
  void start() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(asked::add)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.actualPort())
            .build();
    client = new ApiClient(config, vertx, thread, health);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    thread.shutdownNow();
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void asksByNameAsItsRoleAllowsAndTellsEveryChange() throws Exception {
    poll();
    var request = next();
    assertEquals("/api/v1/namespaces/web/secrets/site1-group", request.uri());
    answer(request, secret("6", "one"));
    assertEquals("one", tell());
    answer(next(), secret("7", "two"));
    assertEquals("two", tell());
  }

  @Test
  void asksAgainWithinAMinuteAndNotAtOnce() throws Exception {
    poll();
    answer(next(), secret("6", "one"));
    long pause = pause();
    assertTrue(pause >= MINUTE_MILLIS / 2 && pause <= MINUTE_MILLIS, () -> pause + " ms");
  }

  @Test
  void whatIsAsItWasIsNotToldAgain() throws Exception {
    poll();
    answer(next(), secret("6", "one"));
    answer(next(), secret("6", "one"));
    answer(next(), secret("7", "two"));
    assertEquals("one", tell());
    assertEquals("two", tell());
  }

  @Test
  void aListenerThatFailsHearsOfTheNextChange() throws Exception {
    client.poll(
        Selection.secret("web", "site1-group"),
        secret -> {
          told.add(secret.data().get("current"));
          throw new IllegalStateException("as when a secret cannot be decoded");
        });
    answer(next(), secret("6", "one"));
    answer(next(), secret("7", "two"));
    assertEquals("one", tell());
    assertEquals("two", tell());
  }

  @Test
  void whatIsMissingOrRefusedIsAskedForMoreAndMoreSlowlyUntilItIsThere() throws Exception {
    poll();
    next().response().setStatusCode(404).end("{\"message\":\"secrets not found\"}");
    next().response().setStatusCode(403).end("{\"message\":\"secrets is forbidden\"}");
    for (int i = 0; i < 4; i++) {
      next().response().setStatusCode(403).end("{\"message\":\"secrets is forbidden\"}");
    }
    answer(next(), secret("6", "one"));
    assertEquals("one", tell());
    assertEquals(6, health.failures());
    assertTrue(health.isReachable(), "a refusal is no outage");
    long first = pause();
    pause();
    pause();
    assertTrue(pause() > first, "the fourth is longer than the first");
  }

  @Test
  void aConnectionThatBreaksIsAnOutageUntilTheNextAnswer() throws Exception {
    poll();
    next().connection().close();
    var again = next();
    assertEquals(1, health.failures());
    assertTrue(!health.isReachable());
    answer(again, secret("6", "one"));
    assertEquals("one", tell());
    assertTrue(health.isReachable());
  }

  @Test
  void onceClosedItTellsAndAsksNothing() throws Exception {
    try (Api.Following poll = poll()) {
      var request = next();
      thread.submit(poll::close).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      answer(request, secret("6", "one"));
    }
    client
        .get(Selection.secret("web", "another"))
        .thenAccept(secret -> told.add(secret.data().get("current")));
    var next = next();
    assertEquals("/api/v1/namespaces/web/secrets/another", next.uri());
    answer(next, secret("6", "another"));
    assertEquals("another", tell());
    assertTrue(asked.isEmpty());
  }

  private Api.Following poll() {
    return client.poll(
        Selection.secret("web", "site1-group"), secret -> told.add(secret.data().get("current")));
  }

  private HttpServerRequest next() throws InterruptedException {
    var request = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(request != null, "nothing was asked");
    return request;
  }

  private static void answer(HttpServerRequest request, String body) {
    request.response().end(body);
  }

  private String tell() throws InterruptedException {
    var text = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(text != null, "nothing was told");
    return text;
  }

  private long pause() throws InterruptedException {
    var pause = thread.pauses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(pause != null, "no pause was made");
    return pause;
  }

  private static String secret(String version, String current) {
    return """
    {"metadata": {"name": "site1-group", "resourceVersion": "%s"}, "data": {"current": "%s"}}
    """
        .formatted(version, current);
  }
}
