package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.Gateway;
import dev.kubewsgi.gateway.daemon.SupervisorAddress;
import dev.kubewsgi.gateway.http.HttpStats;
import dev.kubewsgi.gateway.status.ClusterStatus;
import dev.kubewsgi.testing.FreePort;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The gateway of a pod in this process: everything but the admin port. */
final class TestGateway implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  final Wire wire;
  final int port = FreePort.find();
  final ApiHealth health = new ApiHealth();
  final Unreadable unreadable = new Unreadable();
  final Gateway gateway;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ApiClient api;

  TestGateway(Config cluster, String namespace) throws IOException {
    var server = URI.create(cluster.getMasterUrl());
    wire = new Wire(server.getPort());
    var config =
        new ConfigBuilder(cluster).withMasterUrl("https://127.0.0.1:" + wire.port()).build();
    gateway = new Gateway(vertx, new HttpStats(), "test");
    gateway.joinCluster(
        () -> new ClusterStatus(health.isReachable(), health.failures(), unreadable.count()));
    api = new ApiClient(config, vertx, thread, health);
    var name = new GatewayName(namespace, "main", "main-0");
    var feed =
        new ClusterFeed(
            name,
            api,
            (address, pods) -> new SupervisorAddress.Tcp("127.0.0.1", pods),
            new GatewayServing(gateway),
            unreadable,
            thread,
            System::nanoTime);
    var publisher = new ReportPublisher(name, api, () -> Reports.of(gateway), thread);
    thread.execute(feed::start);
    thread.execute(publisher::start);
  }

  CompletableFuture<HttpResponse<String>> send(String path) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(path).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until a path answers with a text. */
  void untilServed(String path, String text) throws Exception {
    until(path + " says " + text, () -> says(path, text));
  }

  boolean says(String path, String text) {
    try {
      var answer = get(path);
      return answer.statusCode() == 200 && answer.body().equals(text);
    } catch (Exception e) {
      return false; // not listening yet
    }
  }

  /** Waits until something that is on its way has come about. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never happened: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() throws Exception {
    gateway.stop().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    api.close();
    wire.close();
    thread.shutdownNow();
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
