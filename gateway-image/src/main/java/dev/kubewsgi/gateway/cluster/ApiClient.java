package dev.kubewsgi.gateway.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kubewsgi.gateway.cluster.ApiObject.Metadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lists, watches and patches over HTTP/2: the watches of a gateway, two for each daemon group,
 * share a connection or two. Who and where the API server is comes from fabric8's {@link Config};
 * its informers are not used, because they hide that a watch is interrupted.
 *
 * <p>What it calls back with, it calls on the cluster's thread.
 */
final class ApiClient implements Api, AutoCloseable {

  /** The objects of a selection at a version. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Listed<T extends ApiObject>(Metadata metadata, List<T> items) {

    Listed {
      items = items == null ? List.of() : items;
    }
  }

  /** What became of an object. */
  record WatchEvent<T extends ApiObject>(Type type, T object) {

    enum Type {
      ADDED,
      MODIFIED,
      DELETED,
      /** Only the version is another one. */
      BOOKMARK
    }
  }

  /** Told of a watch; nothing follows after it has ended or failed. */
  interface WatchListener<T extends ApiObject> {

    void event(WatchEvent<T> event);

    void ended();

    void failed(ApiFailure failure);
  }

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final long REQUEST_SECONDS = 15;
  private static final long SHORTEST_WATCH_SECONDS = 240;
  private static final long LONGEST_WATCH_SECONDS = 300;

  /** Beyond what the server was asked to watch for: the connection is dead. */
  private static final long SILENCE_SECONDS = 15;

  private static final int OK = 200;
  private static final String ERROR = "ERROR";

  private final HttpClient http;
  private final String server;
  private final ScheduledExecutorService thread;
  private final ApiHealth health;

  ApiClient(Config config, Vertx vertx, ScheduledExecutorService thread, ApiHealth health) {
    config.setRequestRetryBackoffLimit(0); // Failures are to be seen when they happen.
    this.http = new Http2ClientFactory(vertx).newBuilder(config).build();
    this.server = config.getMasterUrl().replaceFirst("/*$", "/");
    this.thread = thread;
    this.health = health;
  }

  ApiHealth health() {
    return health;
  }

  @Override
  public <T extends ApiObject> Following follow(
      Selection<T> selection, Consumer<List<T>> listener) {
    var watch = new ObjectWatch<>(selection, listener, this, thread);
    thread.execute(watch::list);
    return watch;
  }

  @Override
  public <T extends ApiObject> Following poll(Selection<T> selection, Consumer<T> listener) {
    var poll = new ObjectPoll<>(selection, listener, this, thread);
    thread.execute(poll::ask);
    return poll;
  }

  /**
   * @return fails with {@link ApiFailure}
   */
  <T extends ApiObject> CompletableFuture<T> get(Selection<T> selection) {
    var type = JSON.getTypeFactory().constructType(selection.type());
    return send(request(selection.path()))
        .thenApplyAsync(body -> ApiClient.<T>read(body, type), thread);
  }

  /**
   * @return fails with {@link ApiFailure}
   */
  <T extends ApiObject> CompletableFuture<Listed<T>> list(Selection<T> selection) {
    var type = JSON.getTypeFactory().constructParametricType(Listed.class, selection.type());
    return send(request(selection.path() + "?" + selection.query()))
        .thenApplyAsync(body -> ApiClient.<Listed<T>>read(body, type), thread);
  }

  @Override
  public CompletableFuture<Void> patch(String path, String mergePatch) {
    return send(request(path + "?fieldManager=kube-wsgi-gateway")
            .patch("application/merge-patch+json", mergePatch))
        .thenAccept(_ -> health.answered());
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return http.newHttpRequestBuilder().uri(server + pathAndQuery);
  }

  private CompletableFuture<byte[]> send(HttpRequest.Builder request) {
    return http.sendAsync(request.timeout(REQUEST_SECONDS, TimeUnit.SECONDS).build(), byte[].class)
        .thenApply(ApiClient::body);
  }

  private static byte[] body(HttpResponse<byte[]> response) {
    if (!response.isSuccessful()) {
      throw new CompletionException(ApiFailure.refused(response.code(), reason(response.body())));
    }
    return response.body();
  }

  /** The message of a {@code Status}, or the text itself. */
  private static String reason(byte[] body) {
    try {
      var message = JSON.readTree(body).path("message").asText();
      return message.isEmpty() ? new String(body, StandardCharsets.UTF_8) : message;
    } catch (IOException e) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private static <T> T read(byte[] body, JavaType type) {
    try {
      return JSON.readValue(body, type);
    } catch (IOException e) {
      throw new CompletionException(ApiFailure.refused(OK, "not as documented: " + e.getMessage()));
    }
  }

  /** What made a request fail. */
  static ApiFailure failure(Throwable thrown) {
    return switch (thrown) {
      case ApiFailure failure -> failure;
      case CompletionException wrapper when wrapper.getCause() != null ->
          failure(wrapper.getCause());
      default -> ApiFailure.unreached(thrown);
    };
  }

  /**
   * Watches once, from a version on, for some minutes.
   *
   * @return closing it ends the watch; the listener may be told so
   */
  <T extends ApiObject> Following watch(
      Selection<T> selection, String version, WatchListener<T> listener) {
    var seconds =
        ThreadLocalRandom.current().nextLong(SHORTEST_WATCH_SECONDS, LONGEST_WATCH_SECONDS);
    var query =
        "?watch=true&allowWatchBookmarks=true&resourceVersion=%s&timeoutSeconds=%d&"
            .formatted(version, seconds);
    var watch = new Watch<>(selection.type(), listener);
    watch.begin(request(selection.path() + query + selection.query()).forStreaming().build());
    watch.limit(seconds + SILENCE_SECONDS);
    return watch;
  }

  /** One answer that does not end: a line of JSON for each event. */
  private final class Watch<T extends ApiObject> implements Following {
    private final Class<T> type;
    private final WatchListener<T> listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile AsyncBody body;

    Watch(Class<T> type, WatchListener<T> listener) {
      this.type = type;
      this.listener = listener;
    }

    void begin(HttpRequest request) {
      over.whenCompleteAsync((_, failure) -> tellEnd(failure), thread);
      http.consumeBytes(request, this::read).whenComplete(this::answered);
    }

    void limit(long seconds) {
      over.orTimeout(seconds, TimeUnit.SECONDS).whenComplete((_, _) -> cancel());
    }

    private void tellEnd(Throwable failure) {
      if (failure == null) {
        listener.ended();
      } else {
        listener.failed(failure(failure));
      }
    }

    private void answered(HttpResponse<AsyncBody> response, Throwable failure) {
      if (failure != null) {
        over.completeExceptionally(failure);
        return;
      }
      body = response.body();
      if (response.code() != OK) {
        over.completeExceptionally(ApiFailure.refused(response.code(), "the watch was refused"));
        cancel();
        return;
      }
      body.done().whenCompleteAsync((_, broken) -> end(broken), thread);
      body.consume();
      if (over.isDone()) {
        cancel(); // closed meanwhile
      }
    }

    /** Behind the events that were read before. */
    private void end(Throwable broken) {
      if (broken == null) {
        over.complete(null);
      } else {
        over.completeExceptionally(broken);
      }
    }

    private void read(List<ByteBuffer> blocks, AsyncBody from) {
      blocks.forEach(this::read);
      from.consume();
    }

    private void read(ByteBuffer block) {
      while (block.hasRemaining()) {
        var start = block.position();
        while (block.hasRemaining() && block.get() != '\n') {}
        var end = block.position();
        var complete = block.get(end - 1) == '\n';
        var bytes = new byte[complete ? end - start - 1 : end - start];
        block.get(start, bytes);
        line.writeBytes(bytes);
        if (complete) {
          var whole = line.toByteArray();
          line.reset();
          thread.execute(() -> event(whole));
        }
      }
    }

    private void event(byte[] json) {
      if (over.isDone()) {
        return;
      }
      try {
        tell(JSON.readTree(json));
      } catch (IOException e) {
        over.completeExceptionally(e);
        cancel();
      }
    }

    private void tell(JsonNode event) throws JsonProcessingException {
      var object = event.path("object");
      if (event.path("type").asText().equals(ERROR)) {
        over.completeExceptionally(
            ApiFailure.refused(object.path("code").asInt(), object.path("message").asText()));
        cancel();
      } else {
        var happened = WatchEvent.Type.valueOf(event.path("type").asText());
        listener.event(new WatchEvent<>(happened, JSON.treeToValue(object, type)));
      }
    }

    private void cancel() {
      var answering = body;
      if (answering != null) {
        answering.cancel();
      }
    }

    @Override
    public void close() {
      over.complete(null);
      cancel();
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
