package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.gateway.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * One request to a supervisor itself, on a connection of its own: the events, or another
 * configuration.
 */
final class ControlRequest extends ChannelInboundHandlerAdapter implements ResponseParser.Sink {

  /** Told on the connection's event loop. */
  interface Listener {

    /** A line of the answer's body, without its end. */
    void line(int status, String line);

    /** The connection ended; nothing follows. */
    void closed();
  }

  private final byte[] request;
  private final Listener listener;
  private final ResponseParser parser = new ResponseParser(this);
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private ChannelHandlerContext context;
  private int status;

  private ControlRequest(byte[] request, Listener listener) {
    this.request = request;
    this.listener = listener;
  }

  /** Asks for the state now and at each change. */
  static ControlRequest events(String secret, Listener listener) {
    return new ControlRequest(
        head("GET", "events", secret, "").getBytes(StandardCharsets.UTF_8), listener);
  }

  /** Gives the supervisor another desired state. */
  static ControlRequest configure(String secret, String config, Listener listener) {
    byte[] body = config.getBytes(StandardCharsets.UTF_8);
    String framing = "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n";
    byte[] head = head("PUT", "config", secret, framing).getBytes(StandardCharsets.UTF_8);
    return new ControlRequest(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(head, body)), listener);
  }

  /** What makes the supervisor pass the connection to a worker of this application group. */
  static ByteBuf slot(String secret, String applicationGroup, String revision) {
    String fields =
        "Connection: Upgrade\r\nUpgrade: kubewsgi\r\nKubeWsgi-Application-Group: "
            + applicationGroup
            + "\r\nKubeWsgi-Revision: "
            + revision
            + "\r\n";
    return Unpooled.wrappedBuffer(
        head("GET", "slot", secret, fields).getBytes(StandardCharsets.UTF_8));
  }

  private static String head(String method, String what, String secret, String fields) {
    return method
        + " /.kubewsgi/"
        + what
        + " HTTP/1.1\r\nHost: supervisor\r\nAuthorization: Bearer "
        + secret
        + "\r\n"
        + fields
        + "\r\n";
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    parser.expect(false);
    active.writeAndFlush(Unpooled.wrappedBuffer(request));
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) throws InvalidAnswer {
    parser.read((ByteBuf) message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    listener.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
    failing.close();
  }

  @Override
  public void bodyWanted() {}

  @Override
  public void whole(ResponseHead head, ByteBuf body) {
    status = head.status();
    block(body);
    end();
  }

  @Override
  public void head(ResponseHead head) {
    status = head.status();
  }

  @Override
  public void block(ByteBuf block) {
    try {
      while (block.isReadable()) {
        byte b = block.readByte();
        if (b == '\n') {
          flushLine();
        } else {
          text.write(b);
        }
      }
    } finally {
      block.release();
    }
  }

  @Override
  public void end() {
    // An answer without a body still tells its status.
    flushLine();
    context.close();
  }

  private void flushLine() {
    String line = text.toString(StandardCharsets.UTF_8);
    text.reset();
    listener.line(status, line);
  }
}
