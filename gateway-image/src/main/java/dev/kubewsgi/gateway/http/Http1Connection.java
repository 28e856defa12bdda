package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;
import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * An HTTP/1 connection: bytes in, one exchange after the other, bytes out.
 *
 * <p>A request's body stays in the socket until its application reads it. Requests that a client
 * sends before the last answer (pipelining) wait in the socket too. After an answer whose request
 * was not read to its end, up to {@link #MOST_DRAINED} bytes of the rest are read and dropped to
 * keep the connection; where more is left, or the client still waits for 100 (Continue), the
 * connection is closed: written out, then held half open for a moment, so that the client gets to
 * read the answer.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Timed {

  private static final int MOST_DRAINED = 64 * 1024;
  private static final int SMALL_BODY = 8 * 1024; // copied behind its head: one write, not two
  private static final int USUAL_HEAD = 512;
  private static final int CHUNK_FRAME = 12; // eight digits and two line ends
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MOST_LINGERED = 1024 * 1024;

  /** What an idle client may still have sent before it sees that the gateway drains. */
  private static final long DRAIN_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final long NEVER = Long.MAX_VALUE;
  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
  private static final ByteBuf LINE_END =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII));
  private static final ByteBuf LAST_CHUNK =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("0\r\n\r\n", StandardCharsets.US_ASCII));
  private static final ByteBuf HTTP2_PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private enum Phase {
    /** Nothing of a request has come. */
    IDLE,
    /** A request has begun to come. */
    HEAD,
    /** An exchange is under way. */
    EXCHANGE,
    /** The answer is out; the rest of the request's body is read and dropped. */
    DRAIN,
    /** Closed for writing; what still comes is dropped. */
    LINGER
  }

  private final Shared shared;
  private final LoopState loop;
  private final BooleanSupplier draining;
  private final ConnectionInfo info;
  private final Http1Parser parser;
  private final WriteWatch writeWatch = new WriteWatch();
  private final BodyPatience patience = new BodyPatience();
  private ChannelHandlerContext ctx;
  private ByteBuf in;
  private Phase phase = Phase.IDLE;
  private long deadline;
  private long requestStart;
  private Http1Exchange exchange;
  private boolean first = true;
  private boolean processing;
  private boolean reading;
  private boolean flowing;
  private boolean autoRead = true;
  private boolean closeAfter;
  private boolean chunkedAnswer;
  private boolean continueOwed;
  private boolean flushScheduled;
  private int dropped;

  /**
   * @param draining whether no further request is wanted on the connection
   */
  Http1Connection(Shared shared, LoopState loop, BooleanSupplier draining, ConnectionInfo info) {
    this.shared = shared;
    this.loop = loop;
    this.draining = draining;
    this.info = info;
    this.parser = new Http1Parser(loop.headerNames());
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

  // Netty's side.

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    deadline = System.nanoTime() + shared.settings().idle();
    loop.watch(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (phase == Phase.LINGER) {
      dropped += bytes.readableBytes();
      bytes.release();
      if (dropped > MOST_LINGERED) {
        ctx.close();
      }
      return;
    }
    in = in == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), in, bytes);
    reading = true;
    process();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Http1Exchange last = exchange;
    exchange = null;
    phase = Phase.LINGER;
    releaseInput();
    if (last != null) {
      last.gone(Failure.of(FailureCode.CLIENT_GONE, "the client closed the connection"));
    }
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    releaseInput();
  }

  /** An I/O error: channelInactive follows. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ctx.close();
  }

  private void releaseInput() {
    if (in != null) {
      in.release();
      in = null;
    }
  }

  // Requests.

  /** Does all that the bytes at hand allow. Not re-entered: whoever changes the state calls it. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (step()) {}
    } catch (Refused e) {
      refuse(e.failure());
    } finally {
      processing = false;
    }
    if (in != null && !in.isReadable()) {
      releaseInput();
    }
    wantInput();
  }

  /** Returns whether there may be more to do. */
  private boolean step() throws Refused {
    return switch (phase) {
      case IDLE, HEAD -> in != null && in.isReadable() && head();
      case EXCHANGE -> flowing && body();
      case DRAIN -> drain();
      case LINGER -> false;
    };
  }

  private boolean head() throws Refused {
    if (phase == Phase.IDLE) {
      phase = Phase.HEAD;
      requestStart = System.nanoTime();
      deadline = requestStart + shared.settings().header();
    }
    if (first && mayBeHttp2()) {
      return false;
    }
    first = false;
    if (!parser.parseHead(in, shared.settings().limits())) {
      return false;
    }
    Http1Framing framing = parser.framing();
    phase = Phase.EXCHANGE;
    deadline = NEVER;
    patience.renew();
    flowing = false;
    closeAfter = !framing.keepAlive();
    continueOwed = framing.expectsContinue();
    exchange = new Http1Exchange(this, parser.head(), requestStart);
    exchange.run(framing.contentLength(), framing.expectsContinue());
    return true;
  }

  /**
   * Whether the first bytes are the start of HTTP/2's preface (RFC 9113 section 3.3), or it all.
   */
  private boolean mayBeHttp2() {
    int length = Math.min(in.readableBytes(), HTTP2_PREFACE.readableBytes());
    if (!ByteBufUtil.equals(in, in.readerIndex(), HTTP2_PREFACE, 0, length)) {
      return false;
    }
    if (length == HTTP2_PREFACE.readableBytes()) {
      ByteBuf bytes = in;
      in = null;
      phase = Phase.LINGER;
      deadline = NEVER;
      Http2Connection.addTo(ctx.pipeline(), shared, loop, info);
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    }
    return true;
  }

  private boolean body() throws Refused {
    Http1Exchange current = exchange;
    ByteBuf block = in == null ? null : parser.parseBody(in, shared.settings().limits());
    if (block != null) {
      deadline = patience.came(block.readableBytes(), System.nanoTime(), shared.settings().body());
      current.deliver(block);
    }
    if (parser.bodyEnded() && current == exchange) {
      deadline = NEVER;
      flowing = false;
      current.deliverEnd();
      return true;
    }
    return block != null;
  }

  private boolean drain() throws Refused {
    ByteBuf block =
        in == null || parser.bodyEnded() ? null : parser.parseBody(in, shared.settings().limits());
    if (block != null) {
      dropped += block.readableBytes();
      block.release();
      if (dropped > MOST_DRAINED) {
        linger();
        return false;
      }
    }
    if (parser.bodyEnded()) {
      nextRequest();
      return true;
    }
    return block != null;
  }

  private void nextRequest() {
    phase = Phase.IDLE;
    deadline =
        System.nanoTime() + (draining.getAsBoolean() ? DRAIN_IDLE_NANOS : shared.settings().idle());
  }

  /** What came is not HTTP: answers so where an answer is possible, and closes. */
  private void refuse(Failure failure) {
    switch (phase) {
      case IDLE, HEAD -> {
        phase = Phase.EXCHANGE;
        deadline = NEVER;
        closeAfter = true;
        exchange = new Http1Exchange(this, parser.head(), requestStart);
        exchange.fail(failure);
      }
      case EXCHANGE -> bodyFailed(failure);
      case DRAIN -> linger();
      case LINGER -> {}
    }
  }

  private void bodyFailed(Failure failure) {
    closeAfter = true;
    flowing = false;
    deadline = NEVER;
    exchange.deliverFailure(failure);
  }

  // The body, for the exchange.

  void startBody() {
    if (continueOwed && (in == null || !in.isReadable())) {
      write(CONTINUE.duplicate());
      flushUnlessReading();
    }
    continueOwed = false;
    flowing(exchange, true);
  }

  void flowing(Http1Exchange from, boolean flows) {
    if (from != exchange || flows && !from.readsBody()) {
      return;
    }
    flowing = flows;
    deadline = patience.flows(flows, System.nanoTime(), shared.settings().body());
    process();
  }

  /**
   * Reads on unless that would pile up bytes that nobody wants yet. With nothing at hand it reads
   * on in any case, because that is how the client's leaving shows.
   */
  private void wantInput() {
    boolean wanted = phase != Phase.EXCHANGE || flowing || in == null;
    if (wanted != autoRead) {
      autoRead = wanted;
      ctx.channel().config().setAutoRead(wanted);
    }
  }

  // The answer, for the exchange.

  void closeAfter() {
    closeAfter = true;
  }

  boolean sendWhole(ResponseHead answer, ByteBuf body, long addLength) {
    int length = body.readableBytes();
    boolean together = length <= SMALL_BODY;
    decideClose();
    ByteBuf out = ctx.alloc().ioBuffer(together ? USUAL_HEAD + length : USUAL_HEAD);
    if (!encode(
        out,
        answer,
        addLength < 0 ? ResponseEncoder.Framing.GIVEN : ResponseEncoder.Framing.LENGTH,
        addLength)) {
      out.release();
      body.release();
      return false;
    }
    if (together) {
      out.writeBytes(body);
      body.release();
      write(out);
    } else {
      write(out);
      write(body);
    }
    flushUnlessReading();
    answered();
    return true;
  }

  boolean sendHead(ResponseHead answer, boolean framed) {
    boolean http10 = isHttp10();
    chunkedAnswer = !framed && !http10;
    closeAfter |= !framed && http10;
    decideClose();
    ByteBuf out = ctx.alloc().ioBuffer(USUAL_HEAD);
    ResponseEncoder.Framing framing =
        framed
            ? ResponseEncoder.Framing.GIVEN
            : http10 ? ResponseEncoder.Framing.CLOSE : ResponseEncoder.Framing.CHUNKED;
    if (!encode(out, answer, framing, -1)) {
      out.release();
      return false;
    }
    write(out);
    flushSoon();
    return true;
  }

  private boolean encode(
      ByteBuf out, ResponseHead answer, ResponseEncoder.Framing framing, long length) {
    return loop.encoder().encode(out, answer, framing, length, closeAfter, isHttp10());
  }

  private boolean isHttp10() {
    RequestHead head = parser.head();
    return head != null && head.protocol().equals("HTTP/1.0");
  }

  /** Whether the rest of the request's body can be dropped; else the connection cannot go on. */
  private void decideClose() {
    boolean rest = parser.head() != null && parser.framing() != null && !parser.bodyEnded();
    closeAfter |=
        draining.getAsBoolean()
            || shared.isParting()
            || rest && (continueOwed || parser.remaining() > MOST_DRAINED);
  }

  boolean sendBlock(ByteBuf block) {
    if (chunkedAnswer) {
      writeChunk(block);
    } else {
      write(block);
    }
    flushSoon();
    return ctx.channel().isWritable();
  }

  /** RFC 9112 section 7.1. */
  private void writeChunk(ByteBuf block) {
    int length = block.readableBytes();
    boolean together = length <= SMALL_BODY;
    ByteBuf out = ctx.alloc().ioBuffer(together ? CHUNK_FRAME + length : CHUNK_FRAME);
    ByteBufUtil.writeAscii(out, Integer.toHexString(length));
    out.writeByte('\r').writeByte('\n');
    if (together) {
      write(out.writeBytes(block).writeByte('\r').writeByte('\n'));
      block.release();
    } else {
      write(out);
      write(block);
      write(LINE_END.duplicate());
    }
  }

  void sendEnd() {
    if (chunkedAnswer) {
      write(LAST_CHUNK.duplicate());
      chunkedAnswer = false;
    }
    flushUnlessReading();
    answered();
  }

  private void answered() {
    exchange = null;
    flowing = false;
    if (closeAfter) {
      linger();
      return;
    }
    phase = Phase.DRAIN;
    dropped = 0;
    deadline = System.nanoTime() + shared.settings().body();
    process();
  }

  private void write(ByteBuf bytes) {
    ctx.write(bytes, ctx.voidPromise());
  }

  /** Answers to requests that came together leave together. */
  private void flushUnlessReading() {
    if (!reading) {
      ctx.flush();
    }
  }

  /** What came together goes out together: a head with its first block, blocks of one reading. */
  private void flushSoon() {
    if (!flushScheduled) {
      flushScheduled = true;
      eventLoop()
          .execute(
              () -> {
                flushScheduled = false;
                ctx.flush();
              });
    }
  }

  // Ends.

  /**
   * Closes so that the last answer arrives: a socket closed with unread bytes in it would reset the
   * connection and take the answer with it.
   */
  private void linger() {
    phase = Phase.LINGER;
    dropped = 0;
    deadline = NEVER; // until all is written; the write timeout holds meanwhile
    releaseInput();
    wantInput();
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            done -> {
              deadline = System.nanoTime() + LINGER_NANOS;
              shutDownOutput();
            });
  }

  private void shutDownOutput() {
    Channel channel = ctx.channel();
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    }
    if (channel.isActive() && channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    } else {
      ctx.close();
    }
  }

  /**
   * Breaks the connection behind what has been written: RST on the wire, and no close_notify, so
   * nothing looks complete.
   */
  void reset() {
    exchange = null;
    phase = Phase.LINGER;
    Channel channel = ctx.channel();
    if (channel.isActive()) {
      ctx.flush();
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.unsafe().close(channel.voidPromise());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == BoundListener.Drain.BEGUN && phase == Phase.IDLE) {
      deadline = Math.min(deadline, System.nanoTime() + DRAIN_IDLE_NANOS);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public boolean tick(long now) {
    if (!ctx.channel().isActive() || ctx.isRemoved()) {
      return false;
    }
    if (writeWatch.isStuck(ctx.channel(), now, shared.settings().write())) {
      giveUp();
    } else if (now > deadline) {
      deadlinePassed();
    }
    return true;
  }

  private void giveUp() {
    Http1Exchange last = exchange;
    reset();
    if (last != null) {
      last.gone(Failure.of(FailureCode.CLIENT_TOO_SLOW, "the client does not take the answer"));
    }
  }

  private void deadlinePassed() {
    switch (phase) {
      case IDLE, LINGER -> ctx.close();
      case HEAD ->
          refuse(
              Failure.of(FailureCode.REQUEST_TIMEOUT, "the header section did not come in time"));
      case EXCHANGE ->
          bodyFailed(
              Failure.of(
                  FailureCode.REQUEST_TIMEOUT, "the body came too slowly, or stopped coming"));
      case DRAIN -> linger();
    }
  }
}
