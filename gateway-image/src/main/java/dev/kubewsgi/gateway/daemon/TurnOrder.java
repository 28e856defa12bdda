package dev.kubewsgi.gateway.daemon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.TimeUnit;

/** What a gateway says to a worker about a thread that is to be kept for it. */
final class TurnOrder {

  private static final String START = "GET /.kubewsgi/turn HTTP/1.1\r\nKubeWsgi-Turn: ";
  private static final String END = "\r\n\r\n";
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int USUAL_SIZE = 128;
  private static final ByteBuf PASS = BodyFraming.constant(START + "pass" + END);

  private TurnOrder() {}

  /**
   * Wants the next thread.
   *
   * @param waited how long the request that would run on it has waited, in nanoseconds
   */
  static ByteBuf ask(ByteBufAllocator allocator, long waited) {
    long micros = TimeUnit.NANOSECONDS.toMicros(waited);
    String fraction = Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND).substring(1);
    ByteBuf out = allocator.ioBuffer(USUAL_SIZE);
    ByteBufUtil.writeAscii(out, START + "ask " + micros / MICROS_PER_SECOND + "." + fraction + END);
    return out;
  }

  /** Gives the thread back. */
  static ByteBuf pass() {
    return PASS.duplicate();
  }
}
