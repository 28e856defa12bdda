package dev.kubewsgi.gateway.http;

import dev.kubewsgi.routes.GatewaySettings.Listener;
import dev.kubewsgi.routes.GatewaySettings.Tls.Pem;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * A listening socket and the connections that came by it. One socket accepts for all event loops;
 * each connection stays on the loop it was given.
 */
final class BoundListener {

  /** Events of a listener's end, for its connections. */
  enum Drain {
    /** It will begin in a few seconds. */
    ANNOUNCED,
    /** The connection is to end once it has nothing to answer. */
    BEGUN
  }

  private static final int BACKLOG = 4096; // the kernel cuts it to net.core.somaxconn

  private final Shared shared;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile Listener settings;
  private volatile Optional<Pem> certificate;
  private volatile SslContext tls;
  private volatile boolean draining;
  private volatile Channel socket;

  private BoundListener(Shared shared, Listener settings) {
    this.shared = shared;
    this.settings = settings;
    this.certificate = certificate(settings);
    this.tls = context(settings, certificate);
  }

  /**
   * Binds and begins to accept; blocks until the socket is bound.
   *
   * @throws ListenException where that is impossible
   */
  static BoundListener bind(Vertx vertx, Shared shared, Listener settings) {
    BoundListener listener = new BoundListener(shared, settings);
    VertxInternal loops = (VertxInternal) vertx; // knows its transport: NIO, epoll or io_uring
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.getEventLoopGroup())
            .channelFactory(loops.transport().serverChannelFactory(false))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(listener.new Acceptor())
            .bind(settings.address(), settings.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw refusal(settings, bound.cause());
    }
    listener.socket = bound.channel();
    return listener;
  }

  private static ListenException refusal(Listener settings, Throwable cause) {
    String where =
        "listener %s: %s:%d".formatted(settings.name(), settings.address(), settings.port());
    String why = String.valueOf(cause.getMessage());
    if (why.contains("in use")) {
      return new ListenException(
          ListenException.Reason.PORT_IN_USE,
          where
              + " is in use by another process. Stop it (`ss -ltnp 'sport = :%d'` names it)"
                  .formatted(settings.port())
              + " or give the listener another port.",
          cause);
    }
    return new ListenException(
        ListenException.Reason.ADDRESS_REFUSED,
        where
            + " cannot be bound (%s). Write an IP address of this machine, or 0.0.0.0 for all,"
                .formatted(why)
            + " and a port from 1024 up unless the process may bind lower ones.",
        cause);
  }

  /** Whether these settings are this listener, perhaps with another certificate. */
  boolean isSameSocket(Listener other) {
    return settings.name().equals(other.name())
        && settings.address().equals(other.address())
        && settings.port() == other.port()
        && settings.tls().isPresent() == other.tls().isPresent();
  }

  /**
   * Makes ready to take another certificate for the connections to come.
   *
   * @return takes it, and cannot fail
   * @throws ListenException where it cannot be used
   */
  Runnable prepareUpdate(Listener next) {
    Optional<Pem> read = certificate(next);
    SslContext context = read.equals(certificate) ? tls : context(next, read);
    return () -> {
      certificate = read;
      tls = context;
      settings = next;
    };
  }

  private static Optional<Pem> certificate(Listener settings) {
    return settings.tls().map(tls -> Tls.read(settings.name(), tls));
  }

  private static SslContext context(Listener settings, Optional<Pem> certificate) {
    return certificate.map(pem -> Tls.context(settings.name(), pem)).orElse(null);
  }

  Listening listening() {
    return new Listening(settings.name(), settings.address(), port(), settings.tls().isPresent());
  }

  private int port() {
    return ((InetSocketAddress) socket.localAddress()).getPort();
  }

  /** Has HTTP/2 clients open no more streams; of HTTP/1.1 each answer says it. */
  void announceEnd() {
    connections.forEach(
        connection -> connection.pipeline().fireUserEventTriggered(Drain.ANNOUNCED));
  }

  /**
   * Stops accepting and lets what is in flight end.
   *
   * @param limitNanos then the connections that are left are closed
   * @return done when no connection is left
   */
  Future<Void> close(long limitNanos) {
    draining = true;
    return socket
        .close()
        .addListener(closed -> drainConnections(limitNanos))
        .channel()
        .closeFuture();
  }

  private void drainConnections(long limitNanos) {
    connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(Drain.BEGUN));
    GlobalEventExecutor.INSTANCE.schedule(
        () -> connections.forEach(BoundListener::breakOff), limitNanos, TimeUnit.NANOSECONDS);
  }

  private static void breakOff(Channel connection) {
    connection.eventLoop().execute(() -> connection.unsafe().close(connection.voidPromise()));
  }

  /** Done when the connections there are now are closed. */
  Future<Void> drained() {
    return connections.newCloseFuture();
  }

  /**
   * Done when the event loops have ended what they are at, and what follows from it: requests are
   * counted and logged after the connection's end that they cause, or that is theirs.
   */
  CompletableFuture<Void> settled() {
    EventLoopGroup loops = socket.eventLoop().parent();
    return CompletableFuture.allOf(
        StreamSupport.stream(loops.spliterator(), false)
            .map(loop -> CompletableFuture.runAsync(() -> {}, loop).thenRunAsync(() -> {}, loop))
            .toArray(CompletableFuture<?>[]::new));
  }

  private ConnectionInfo info(Channel channel) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    return new ConnectionInfo(
        shared.loop(channel.eventLoop()).ids().next(),
        NetUtil.toAddressString(peer.getAddress()),
        Integer.toString(peer.getPort()),
        settings.address(),
        ((InetSocketAddress) channel.localAddress()).getPort(),
        tls != null);
  }

  private void addHttp1(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    pipeline.addLast(
        new Http1Connection(
            shared, shared.loop(channel.eventLoop()), () -> draining, info(channel)));
  }

  private void addHttp2(ChannelPipeline pipeline) {
    Channel channel = pipeline.channel();
    Http2Connection.addTo(pipeline, shared, shared.loop(channel.eventLoop()), info(channel));
  }

  /** Sets up each connection, on its event loop. */
  private final class Acceptor extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel channel) {
      shared.stats().connectionOpened();
      channel.closeFuture().addListener(closed -> shared.stats().connectionClosed());
      connections.add(channel); // after that, so that a drained listener has also been counted down
      if (draining) {
        channel.close(); // accepted just before the socket was closed
        return;
      }
      SslContext context = tls;
      if (context == null) {
        addHttp1(channel.pipeline());
      } else {
        SslHandler handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeout(shared.settings().header(), TimeUnit.NANOSECONDS);
        channel.pipeline().addLast(handler, new ByAlpn());
      }
    }
  }

  /** Chooses the version of HTTP that the TLS handshake agreed on (RFC 7301). */
  private final class ByAlpn extends ApplicationProtocolNegotiationHandler {

    ByAlpn() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        addHttp2(context.pipeline());
      } else {
        addHttp1(context.pipeline());
      }
    }

    /** Scanners and clients of old versions; Netty would log each with its stack trace. */
    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
