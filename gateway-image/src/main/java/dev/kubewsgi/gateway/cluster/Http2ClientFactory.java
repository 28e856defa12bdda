package dev.kubewsgi.gateway.cluster;

import io.fabric8.kubernetes.client.vertx.VertxHttpClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import io.vertx.ext.web.client.WebClientOptions;
import javax.net.ssl.SSLContext;

/**
 * Clients on the gateway's own Vert.x that speak HTTP/2, for which fabric8's do not ask: hundreds
 * of watches then share a few connections.
 */
final class Http2ClientFactory extends VertxHttpClientFactory {

  /** A server limits the streams of a connection, mostly to 100 or 250. */
  private static final int CONNECTIONS = 16;

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final Vertx vertx;
  private Builder builder;

  Http2ClientFactory(Vertx vertx) {
    super(vertx);
    this.vertx = vertx;
  }

  /** Tells whom its clients trust and who they are. */
  private static final class Builder extends VertxHttpClientBuilder<VertxHttpClientFactory> {

    Builder(VertxHttpClientFactory factory, Vertx vertx) {
      super(factory, vertx);
    }

    SSLContext tls() {
      return sslContext;
    }
  }

  @Override
  public VertxHttpClientBuilder<VertxHttpClientFactory> newBuilder() {
    builder = new Builder(this, vertx);
    return builder;
  }

  @Override
  protected void additionalConfig(WebClientOptions options) {
    options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2MaxPoolSize(CONNECTIONS);
    options.setTcpKeepAlive(true);
    if (builder.tls() != null) {
      options.setUseAlpn(true).setSslEngineOptions(new AlpnEngine(builder.tls()));
    }
  }

  private static final class AlpnEngine extends JdkSSLEngineOptions {
    private final SSLContext tls;

    AlpnEngine(SSLContext tls) {
      this.tls = tls;
    }

    @Override
    public JdkSSLEngineOptions copy() {
      return this;
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return () ->
          new JdkSslContext(
              tls,
              true,
              null,
              IdentityCipherSuiteFilter.INSTANCE,
              ALPN,
              ClientAuth.NONE,
              null,
              false);
    }
  }
}
