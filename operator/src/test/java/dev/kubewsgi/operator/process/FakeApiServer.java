package dev.kubewsgi.operator.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers with the documents that it is given, and 404 otherwise. */
final class FakeApiServer implements AutoCloseable {

  private final Map<String, String> documents = new ConcurrentHashMap<>();
  private final HttpServer server;

  private FakeApiServer(HttpServer server) {
    this.server = server;
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * One that listens.
   *
   * @param port 0: any
   */
  static FakeApiServer start(int port) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new FakeApiServer(HttpServer.create(address, 0));
  }

  int port() {
    return server.getAddress().getPort();
  }

  void put(String path, String document) {
    documents.put(path, document);
  }

  /** A client that gives up at once. */
  static KubernetesClient client(int port) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withAutoConfigure(false)
                .withMasterUrl("http://127.0.0.1:" + port)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String document = documents.get(exchange.getRequestURI().getPath());
    byte[] body = (document == null ? "{}" : document).getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(document == null ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
