package dev.kubewsgi.gateway.exchange;

import io.netty.buffer.ByteBuf;

/** Takes the blocks of a request's body, on the exchange's event loop. */
public interface BodyReader {

  /**
   * A block, never empty.
   *
   * @param block released by this call's receiver
   */
  void block(ByteBuf block);

  /** The body came whole; nothing follows. */
  void end();

  /** The body will not come whole: the client left, was too slow, or sent too much. */
  void failed(Failure cause);
}
