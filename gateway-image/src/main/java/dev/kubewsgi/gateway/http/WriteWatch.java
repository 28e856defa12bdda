package dev.kubewsgi.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Notices a client that does not take what was written for it. Costs the writing itself nothing.
 */
final class WriteWatch {

  private long since;
  private int block;
  private long progress;

  /**
   * @return whether bytes have been waiting for the socket, and none was taken, for longer than
   *     {@code limit}
   */
  boolean isStuck(Channel channel, long now, long limit) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    Object current = buffer == null ? null : buffer.current();
    if (current == null) {
      block = 0;
      return false;
    }
    int currentBlock = System.identityHashCode(current);
    long currentProgress = buffer.currentProgress();
    if (currentBlock != block || currentProgress != progress) {
      block = currentBlock;
      progress = currentProgress;
      since = now;
      return false;
    }
    return now - since > limit;
  }
}
