package dev.kubewsgi.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** Something of ours that serves HTTP. */
public final class Site implements AutoCloseable {

  private final String host;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CommandLine.PATIENCE)
          .build();

  /** On this machine. */
  Site(int port) {
    this("127.0.0.1", port);
  }

  public Site(String host, int port) {
    this.host = host;
    this.port = port;
  }

  int port() {
    return port;
  }

  public URI url(String path) {
    return URI.create("http://" + host + ":" + port + path);
  }

  public HttpResponse<String> get(URI url) {
    return send(HttpRequest.newBuilder(url));
  }

  /** Sends a request and reads its answer whole; no redirect is followed. */
  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(
          request.timeout(CommandLine.PATIENCE).build(),
          BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("the test was interrupted", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
