package dev.kubewsgi.gateway.daemon;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import jdk.net.ExtendedSocketOptions;

/** Opens channels to supervisors. */
final class Transport {

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  // What may lie in the gateway for one worker that does not read: little, since there are many.
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32_768, 131_072);

  // A node that is lost closes no connection: after 25 seconds without a sign of life it counts as
  // closed.
  private static final ChannelOption<Integer> KEEP_IDLE =
      NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
  private static final ChannelOption<Integer> KEEP_INTERVAL =
      NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
  private static final ChannelOption<Integer> KEEP_COUNT =
      NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT);
  private static final int KEEP_IDLE_SECONDS = 10;
  private static final int KEEP_INTERVAL_SECONDS = 5;
  private static final int KEEP_PROBES = 3;

  private Transport() {}

  static ChannelFuture connect(SupervisorAddress address, EventLoop loop, ChannelHandler handler) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handler);
                  }
                });
    return switch (address) {
      case SupervisorAddress.Unix unix ->
          bootstrap.channel(NioDomainSocketChannel.class).connect(unix.socketAddress());
      case SupervisorAddress.Tcp tcp ->
          bootstrap
              .channel(NioSocketChannel.class)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .option(KEEP_IDLE, KEEP_IDLE_SECONDS)
              .option(KEEP_INTERVAL, KEEP_INTERVAL_SECONDS)
              .option(KEEP_COUNT, KEEP_PROBES)
              .connect(tcp.socketAddress());
    };
  }
}
