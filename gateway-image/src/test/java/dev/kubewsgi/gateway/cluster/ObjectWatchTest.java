package dev.kubewsgi.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.cluster.ApiObject.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a watch does for whatever an API server does: here the test plays the server. */
class ObjectWatchTest {

  private static final long PATIENCE_SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<HttpServerRequest> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<ConfigMap>> told = new LinkedBlockingQueue<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final ApiHealth health = new ApiHealth();
  private HttpServer server;
  private ApiClient client;

  @BeforeEach
  void start() throws Exception {
    server =
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
    client.follow(Selection.configMap("web", "main"), told::add);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    thread.shutdownNow();
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void asksForTheOneObjectSoThatARoleCanNameIt() throws Exception {
    var list = next();
    assertEquals("/api/v1/namespaces/web/configmaps", list.path());
    assertEquals("metadata.name=main", list.getParam("fieldSelector"));
    answer(list, list("7", object("6", "one")));
    assertEquals("one", text());

    var watch = next();
    assertEquals("metadata.name=main", watch.getParam("fieldSelector"));
    assertEquals("true", watch.getParam("watch"));
    assertEquals("7", watch.getParam("resourceVersion"));
  }

  @Test
  void anObjectThatIsNotThereIsToldAsNone() throws Exception {
    answer(next(), list("7"));
    assertEquals(List.of(), tell());
  }

  @Test
  void tellsEveryChangeHoweverTheBytesArrive() throws Exception {
    var watching = watching();
    var line = event("MODIFIED", object("8", "tw\u00f6"));
    watching.write(line.substring(0, 30));
    watching.write(line.substring(30) + event("MODIFIED", object("9", "three")));
    assertEquals("tw\u00f6", text());
    assertEquals("three", text());

    watching.write(event("DELETED", object("10", "three")));
    assertEquals(List.of(), tell());
  }

  @Test
  void listsAnewWhereTheServerHasForgottenTheVersion() throws Exception {
    watching().write("{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}\n");
    answer(next(), list("70", object("60", "after")));
    assertEquals("after", text());
    assertEquals("70", next().getParam("resourceVersion"));
    assertEquals(0, health.failures());
  }

  @Test
  void listsAnewWhenTheConnectionBreaks() throws Exception {
    var watching = watching();
    watching.write(event("MODIFIED", object("8", "two")));
    assertEquals("two", text());
    watching.reset();

    answer(next(), list("9", object("9", "meanwhile")));
    assertEquals("meanwhile", text());
    assertEquals(1, health.failures());
    assertTrue(health.isReachable());
  }

  @Test
  void whatIsAsItWasIsNotToldAgain() throws Exception {
    watching().reset();
    answer(next(), list("9", object("6", "one")));
    assertEquals("9", next().getParam("resourceVersion"));
    assertTrue(told.isEmpty());
  }

  @Test
  void goesOnAfterTheServerHasEndedTheWatch() throws Exception {
    var watching = watching();
    watching.write(event("BOOKMARK", "{\"metadata\":{\"name\":\"\",\"resourceVersion\":\"20\"}}"));
    watching.end();
    assertEquals("20", next().getParam("resourceVersion"));
    assertTrue(told.isEmpty());
  }

  @Test
  void aRefusalIsTriedAgainAndIsNoOutage() throws Exception {
    next()
        .response()
        .setStatusCode(403)
        .end("{\"kind\":\"Status\",\"message\":\"configmaps is forbidden\"}");
    answer(next(), list("7", object("6", "allowed")));
    assertEquals("allowed", text());
    assertEquals(1, health.failures());
    assertTrue(health.isReachable());
  }

  @Test
  void aListenerThatFailsHearsOfTheNextChange() throws Exception {
    var others = new LinkedBlockingQueue<List<ConfigMap>>();
    client.follow(
        Selection.configMap("web", "other"),
        maps -> {
          others.add(maps);
          throw new IllegalStateException("as when a table cannot be applied");
        });
    next(); // that of the first watch
    answer(next(), list("7", object("6", "one")));
    next().response().setChunked(true).write(event("MODIFIED", object("8", "two")));
    assertEquals("one", others.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).getFirst().data().get("k"));
    assertEquals("two", others.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).getFirst().data().get("k"));
  }

  /** After the first list has been told. */
  private HttpServerResponse watching() throws Exception {
    answer(next(), list("7", object("6", "one")));
    assertEquals("one", text());
    return next().response().setChunked(true);
  }

  private HttpServerRequest next() throws InterruptedException {
    var request = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(request != null, "nothing was asked");
    return request;
  }

  private static void answer(HttpServerRequest request, String body) {
    request.response().end(body);
  }

  private List<ConfigMap> tell() throws InterruptedException {
    var objects = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(objects != null, "nothing was told");
    return objects;
  }

  private String text() throws InterruptedException {
    return tell().getFirst().data().get("k");
  }

  private static String list(String version, String... objects) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}"
        .formatted(version, String.join(",", objects));
  }

  private static String object(String version, String text) {
    return "{\"metadata\":{\"name\":\"main\",\"resourceVersion\":\"%s\"},\"data\":{\"k\":\"%s\"}}"
        .formatted(version, text);
  }

  private static String event(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}\n".formatted(type, object);
  }
}
