package dev.kubewsgi.gateway.daemon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The bytes around a chunk (RFC 9112, 7.1). */
final class BodyFraming {

  private static final int CHUNK_LINE = 18;
  private static final ByteBuf LINE_END = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  private BodyFraming() {}

  static ByteBuf chunkLine(ByteBufAllocator allocator, ByteBuf block) {
    ByteBuf out = allocator.ioBuffer(CHUNK_LINE);
    ByteBufUtil.writeAscii(out, Integer.toHexString(block.readableBytes()) + "\r\n");
    return out;
  }

  static ByteBuf lineEnd() {
    return LINE_END.duplicate();
  }

  static ByteBuf lastChunk() {
    return LAST_CHUNK.duplicate();
  }

  /** Bytes that are written again and again, each time by a duplicate. */
  static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }
}
