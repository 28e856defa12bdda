package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * One HTTP/2 stream: a request and its answer as frames (RFC 9113 section 8.1).
 *
 * <p>The stream's flow-control window is given back as its application takes the blocks, so a body
 * waits at the client.
 */
final class Http2Stream extends ChannelInboundHandlerAdapter implements Timed {

  /** A block is written in frames of this size, so that a slow client's progress shows. */
  private static final int FRAME = 16 * 1024;

  private static final int MOST_DROPPED = 64 * 1024;

  private static final long NEVER = Long.MAX_VALUE;

  private final Shared shared;
  private final LoopState loop;
  private final ConnectionInfo info;
  private final Queue<Http2DataFrame> waiting = new ArrayDeque<>(2);
  private final BodyPatience patience = new BodyPatience();
  private ChannelHandlerContext ctx;
  private Http2Exchange exchange;
  private boolean flowing;
  private boolean requestEnded;
  private boolean endDelivered;
  private boolean continueOwed;
  private boolean watched;
  private boolean delivering;
  private boolean answered;
  private int dropped;
  private long bodyBytes;
  private long bodyDeadline = NEVER;
  private int unwritten; // frames given to the codec and not yet written
  private long lastWritten;

  Http2Stream(Shared shared, LoopState loop, ConnectionInfo info) {
    this.shared = shared;
    this.loop = loop;
    this.info = info;
  }

  Shared shared() {
    return shared;
  }

  LoopState loop() {
    return loop;
  }

  ConnectionInfo info() {
    return info;
  }

  EventLoop eventLoop() {
    return ctx.channel().eventLoop();
  }

  // The request.

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch (message) {
      case Http2HeadersFrame frame when exchange == null -> begin(frame);
      case Http2HeadersFrame frame -> requestEnded |= frame.isEndStream(); // trailers
      case Http2DataFrame frame -> {
        requestEnded |= frame.isEndStream();
        waiting.add(frame);
      }
      default -> ReferenceCountUtil.release(message);
    }
    deliver();
  }

  private void begin(Http2HeadersFrame frame) {
    long start = System.nanoTime();
    requestEnded = frame.isEndStream();
    RequestHead head = null;
    try {
      head = Http2Fields.request(frame.headers(), loop.headerNames(), shared.settings().limits());
      long length = requestEnded ? 0 : Http2Fields.contentLength(head);
      boolean expectsContinue = length != 0 && Http2Fields.expectsContinue(head);
      continueOwed = expectsContinue;
      wantInput();
      exchange = new Http2Exchange(this, head, start);
      exchange.run(length, expectsContinue);
    } catch (Refused e) {
      exchange = new Http2Exchange(this, head, start);
      exchange.fail(e.failure());
    }
  }

  void startBody() {
    if (continueOwed && waiting.isEmpty()) {
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).status("100")));
    }
    continueOwed = false;
    watch();
    flowing(true);
  }

  void flowing(boolean flows) {
    if (flows && !exchange.readsBody()) {
      return;
    }
    flowing = flows;
    bodyDeadline = patience.flows(flows, System.nanoTime(), shared.settings().body());
    deliver();
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (flowing && !waiting.isEmpty()) {
      take(waiting.remove());
    }
    delivering = false;
    if (answered) {
      drop();
    }
    if (flowing && requestEnded && waiting.isEmpty() && !endDelivered) {
      endDelivered = true;
      bodyDeadline = NEVER;
      exchange.deliverEnd();
    }
    wantInput();
  }

  private void take(Http2DataFrame frame) {
    ByteBuf block = frame.content(); // the frame's one reference passes on
    bodyBytes += block.readableBytes();
    bodyDeadline =
        patience.came(block.readableBytes(), System.nanoTime(), shared.settings().body());
    long limit = shared.settings().limits().body();
    if (limit > 0 && bodyBytes > limit) {
      block.release();
      bodyFailed(Failure.of(FailureCode.BODY_TOO_LARGE, "more than " + limit + " bytes"));
    } else if (block.isReadable()) {
      exchange.deliver(block);
    } else {
      block.release();
    }
  }

  private void bodyFailed(Failure failure) {
    flowing = false;
    bodyDeadline = NEVER;
    exchange.deliverFailure(failure);
  }

  private void wantInput() {
    boolean wanted = requestEnded || flowing || answered;
    if (ctx.channel().config().isAutoRead() != wanted) {
      ctx.channel().config().setAutoRead(wanted);
    }
  }

  // The answer.

  boolean sendWhole(ResponseHead answer, ByteBuf body, long addLength) {
    Http2Headers headers = Http2Fields.answer(answer, addLength, loop);
    if (headers == null) {
      body.release();
      return false;
    }
    boolean empty = !body.isReadable();
    write(new DefaultHttp2HeadersFrame(headers, empty));
    if (empty) {
      body.release();
    } else {
      writeData(body, true);
    }
    answered();
    return true;
  }

  boolean sendHead(ResponseHead answer) {
    Http2Headers headers = Http2Fields.answer(answer, -1, loop);
    if (headers == null) {
      return false;
    }
    write(new DefaultHttp2HeadersFrame(headers, false));
    ctx.flush();
    return true;
  }

  boolean sendBlock(ByteBuf block) {
    writeData(block, false);
    ctx.flush();
    watch();
    return takesMore();
  }

  /**
   * A stream that is closed says that it is writable, and fails each write at once: whoever writes
   * for as long as it takes more would never end.
   */
  private boolean takesMore() {
    return ctx.channel().isActive() && ctx.channel().isWritable();
  }

  void sendEnd() {
    write(new DefaultHttp2DataFrame(true));
    answered();
  }

  private void writeData(ByteBuf body, boolean last) {
    while (body.readableBytes() > FRAME) {
      write(new DefaultHttp2DataFrame(body.readRetainedSlice(FRAME), false));
    }
    write(new DefaultHttp2DataFrame(body, last));
  }

  private void write(Object frame) {
    if (unwritten++ == 0) {
      lastWritten = System.nanoTime();
    }
    ctx.write(frame).addListener(this::written);
  }

  private void written(Future<? super Void> done) {
    unwritten--;
    lastWritten = System.nanoTime();
  }

  private void answered() {
    flowing = false;
    answered = true;
    bodyDeadline = requestEnded ? NEVER : System.nanoTime() + shared.settings().body();
    ctx.flush();
    if (unwritten > 0 || !requestEnded) {
      watch();
    }
    deliver();
  }

  /**
   * A short rest of the request is read and dropped, because some clients take the reset for a
   * failure; a long one is stopped (RFC 9113 section 8.1).
   */
  private void drop() {
    while (!waiting.isEmpty()) {
      Http2DataFrame frame = waiting.remove();
      dropped += frame.content().readableBytes();
      frame.release();
    }
    if (dropped > MOST_DROPPED) {
      stopRequest();
    }
  }

  private void stopRequest() {
    bodyDeadline = NEVER;
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
  }

  // Ends.

  void reset() {
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null && takesMore()) {
      exchange.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    releaseWaiting();
    if (exchange != null) {
      exchange.gone(Failure.of(FailureCode.CLIENT_GONE, "the client closed the stream"));
    }
  }

  /**
   * A frame that breaks the protocol: Netty then resets the stream, with the error that it was. To
   * close it here would reset it with CANCEL before that.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}

  private void releaseWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  private void watch() {
    if (!watched) {
      watched = true;
      loop.watch(this);
    }
  }

  @Override
  public boolean tick(long now) {
    if (!ctx.channel().isActive()) {
      return false;
    }
    if (unwritten > 0 && now - lastWritten > shared.settings().write()) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
      exchange.gone(Failure.of(FailureCode.CLIENT_TOO_SLOW, "the client does not take the answer"));
    } else if (now > bodyDeadline && answered) {
      stopRequest();
    } else if (now > bodyDeadline) {
      bodyFailed(
          Failure.of(FailureCode.REQUEST_TIMEOUT, "the body came too slowly, or stopped coming"));
    }
    return true;
  }
}
