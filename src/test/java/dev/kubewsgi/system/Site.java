package dev.kubewsgi.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** Something of ours that serves HTTP on a port of this machine. */
final class Site implements AutoCloseable {

  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CommandLine.PATIENCE)
          .build();

  Site(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpResponse<String> get(URI url) {
    return send(HttpRequest.newBuilder(url));
  }

  /** Sends a request and reads its answer whole; no redirect is followed. */
  HttpResponse<String> send(HttpRequest.Builder request) {
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
