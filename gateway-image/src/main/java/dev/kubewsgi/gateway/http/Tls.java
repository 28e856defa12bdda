package dev.kubewsgi.gateway.http;

import dev.kubewsgi.routes.GatewaySettings;
import dev.kubewsgi.routes.GatewaySettings.Tls.Mounted;
import dev.kubewsgi.routes.GatewaySettings.Tls.Pem;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** TLS 1.2 and 1.3 with the JDK's implementation, for HTTP/2 and HTTP/1.1. */
final class Tls {

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private Tls() {}

  /**
   * The certificate of a listener, as text.
   *
   * @throws ListenException where one that should be mounted is not
   */
  static Pem read(String listener, GatewaySettings.Tls certificate) {
    return switch (certificate) {
      case Pem pem -> pem;
      case Mounted(String directory) -> read(listener, Path.of(directory));
    };
  }

  private static Pem read(String listener, Path directory) {
    try {
      return new Pem(
          Files.readString(directory.resolve("tls.crt")),
          Files.readString(directory.resolve("tls.key")));
    } catch (IOException e) {
      throw new ListenException(
          ListenException.Reason.TLS_ABSENT,
          ("listener %s: there is no certificate in %s (%s). Make the Secret %s of type"
                  + " kubernetes.io/tls; the listener opens when it is there.")
              .formatted(listener, directory, e.getMessage(), directory.getFileName()),
          e);
    }
  }

  /**
   * Makes the context of a listener.
   *
   * @throws ListenException where the certificate or key cannot be used
   */
  static SslContext context(String listener, Pem pem) {
    try {
      return SslContextBuilder.forServer(bytes(pem.certificate()), bytes(pem.key()))
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
          .applicationProtocolConfig(ALPN)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new ListenException(
          ListenException.Reason.TLS_UNUSABLE,
          ("listener %s: the certificate or key cannot be used (%s). Give the chain as PEM, leaf"
                  + " first, and its key as unencrypted PKCS#8 PEM (`openssl pkcs8 -topk8 -nocrypt`"
                  + " converts).")
              .formatted(listener, e.getMessage()),
          e);
    }
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }
}
