package dev.kubewsgi.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that comes as a mounted Secret, perhaps late, and is exchanged there. */
class MountedCertificateTest {

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;
  private Path secret;
  private GatewaySettings settings;
  private HttpFront front;

  @BeforeEach
  void start() throws Exception {
    secret = Files.createDirectory(folder.resolve("www-tls"));
    settings =
        Settings.of(
            List.of(
                new Listener("http", "127.0.0.1", 0, Optional.empty()),
                new Listener(
                    "https", "127.0.0.1", 0, Optional.of(new Tls.Mounted(secret.toString())))),
            Settings.LIMITS,
            Settings.PATIENT,
            List.of());
  }

  @AfterEach
  void stop() throws Exception {
    front.stop().get(30, TimeUnit.SECONDS);
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void aListenerWithoutOneStaysClosedAndTheOthersOpen() {
    open();

    assertEquals(List.of("http"), names());
    var trouble = front.closed().get("https");
    assertEquals("KW128", trouble.code());
    assertTrue(trouble.getMessage().contains("Secret www-tls"), trouble::getMessage);
  }

  @Test
  void itOpensWhenTheSecretIsThere() throws Exception {
    open();
    mount("first");
    front.renewCertificates(settings);

    assertEquals(List.of("http", "https"), names());
    assertEquals(Set.of(), front.closed().keySet());
    shown();
  }

  @Test
  void anExchangedOneIsShownFromTheNextConnectionOn() throws Exception {
    mount("first");
    open();
    var before = shown();
    front.renewCertificates(settings);
    assertEquals(before, shown());

    mount("second");
    front.renewCertificates(settings);
    assertNotEquals(before, shown());
  }

  @Test
  void onePutThereByMistakeLeavesTheOneBefore() throws Exception {
    mount("first");
    open();
    var before = shown();

    Files.writeString(secret.resolve("tls.crt"), "no certificate");
    front.renewCertificates(settings);

    assertEquals(before, shown());
    assertEquals(Set.of(), front.closed().keySet());
  }

  private void open() {
    front =
        HttpFront.start(
            vertx,
            settings,
            Applications.everywhere(Applications.echo()),
            new HttpStats(),
            AccessLog.ofLogger(),
            "test");
  }

  private List<String> names() {
    return front.listening().stream().map(Listening::name).toList();
  }

  private void mount(String name) throws Exception {
    var pem = TestCertificate.make(Files.createDirectory(folder.resolve(name)));
    Files.writeString(secret.resolve("tls.crt"), pem.certificate());
    Files.writeString(secret.resolve("tls.key"), pem.key());
  }

  private Certificate shown() throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    try (var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket("127.0.0.1", front.listening().getLast().port())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static final class TrustsAll implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
