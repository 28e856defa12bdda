package dev.kubewsgi.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/2 connection: its limits and its end. Netty reads and writes the frames, and gives each
 * stream a channel of its own, where {@link Http2Stream} takes it.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Timed {

  private static final int MOST_STREAMS = 128; // Apache's H2MaxSessionStreams is 100, nginx's 128

  // In each window of RESET_WINDOW_SECONDS a connection may cause that many resets: CVE-2023-44487
  // (its own) and CVE-2025-55163 (ours, on frames that are errors). 200 leaves room for a browser
  // that cancels a page of images.
  private static final int MOST_RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 30;

  /**
   * Clients change their settings once or twice. Each costs an answer, and where it is about the
   * table of answers' fields a few bytes until there is one.
   */
  private static final int MOST_SETTINGS = 100;

  /**
   * Of the limits: what is above that Netty refuses by itself, without a code, a page or a count.
   * Below it {@link Http2Fields} does.
   */
  private static final int ROOM_FOR_REFUSED_FIELDS = 2;

  private final Shared shared;
  private final Http2FrameCodec codec;
  private final WriteWatch writeWatch = new WriteWatch();
  private ChannelHandlerContext ctx;
  private long lastBusy = System.nanoTime();
  private int settings;

  private Http2Connection(Shared shared, Http2FrameCodec codec) {
    this.shared = shared;
    this.codec = codec;
  }

  /** Makes the end of the pipeline an HTTP/2 connection. */
  static void addTo(ChannelPipeline pipeline, Shared shared, LoopState loop, ConnectionInfo info) {
    Http2FrameCodec codec = codec(shared.settings());
    Http2Connection connection = new Http2Connection(shared, codec);
    pipeline.addLast(codec);
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2Stream(shared, loop, info));
              }
            }));
    pipeline.addLast(connection);
    loop.watch(connection);
  }

  private static Http2FrameCodec codec(HttpSettings settings) {
    long fields = (long) settings.limits().headers() + settings.limits().requestLine();
    Http2Settings announced =
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(MOST_STREAMS)
            .maxHeaderListSize(
                Math.min(ROOM_FOR_REFUSED_FIELDS * fields, Http2CodecUtil.MAX_HEADER_LIST_SIZE));
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(announced)
        .validateHeaders(true)
        .validateRequiredPseudoHeaders(true)
        .decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_WINDOW_SECONDS)
        .encoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_WINDOW_SECONDS)
        .gracefulShutdownTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(settings.graceful()))
        .build();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    if (shared.isParting()) {
      announceEnd();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof Http2SettingsFrame && ++settings > MOST_SETTINGS) {
      codec.onError(
          context.pipeline().context(codec),
          false,
          Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many SETTINGS"));
    }
    super.channelRead(context, message);
  }

  /** When draining has begun, GOAWAY with the last stream, and the close once all have ended. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == BoundListener.Drain.ANNOUNCED) {
      announceEnd();
    } else if (event == BoundListener.Drain.BEGUN) {
      context.close();
    }
    context.fireUserEventTriggered(event);
  }

  /**
   * A first GOAWAY that refuses no stream: what is on its way to us is answered, and clients open
   * no others (RFC 9113 section 6.8).
   */
  private void announceEnd() {
    var goAway = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
    ctx.writeAndFlush(goAway.setExtraStreamIds(Integer.MAX_VALUE));
  }

  /**
   * Connection errors are the codec's to answer, with a GOAWAY that names them: it tells of them
   * before it does, and to close the channel here would say that there was no error. I/O errors
   * close it.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
      context.close();
    }
  }

  @Override
  public boolean tick(long now) {
    Channel channel = ctx.channel();
    if (!channel.isActive()) {
      return false;
    }
    if (codec.connection().numActiveStreams() > 0) {
      lastBusy = now;
    }
    if (writeWatch.isStuck(channel, now, shared.settings().write())) {
      channel.unsafe().close(channel.voidPromise());
    } else if (now - lastBusy > shared.settings().idle()) {
      ctx.close();
    }
    return true;
  }
}
