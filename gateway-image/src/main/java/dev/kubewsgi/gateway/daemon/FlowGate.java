package dev.kubewsgi.gateway.daemon;

import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Stops the reading from one channel while too much of what it brought is on its way to another,
 * perhaps on another event loop. Any thread may count.
 *
 * <p>What is too much is up to the group while the gateway has memory to spare, so that a worker is
 * soon rid of an answer; else it is {@link #LITTLE}.
 */
final class FlowGate {

  // Enough to keep a fast client busy while the worker is woken, and little for each slow one.
  static final int LITTLE = 131_072;
  private static final int LOW = 32_768;

  /** Of what Netty holds for all of its buffers; it may hold as much as there is heap. */
  private static final long SPARE = Runtime.getRuntime().maxMemory() / 4;

  private final Channel source;
  private final int limit;
  private final BooleanSupplier isShort;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean closed;
  private boolean done; // confined to the source's loop, on which alone the gate opens and closes

  /**
   * @param limit bytes that may be on their way
   */
  FlowGate(Channel source, int limit) {
    this(source, limit, () -> directMemory(source) > SPARE);
  }

  /**
   * @param isShort whether there is no memory to spare
   */
  FlowGate(Channel source, int limit, BooleanSupplier isShort) {
    this.source = source;
    this.limit = limit;
    this.isShort = isShort;
  }

  private static long directMemory(Channel channel) {
    return channel.alloc() instanceof ByteBufAllocatorMetricProvider allocator
        ? allocator.metric().usedDirectMemory()
        : 0;
  }

  /** On the source's event loop. */
  void came(int bytes) {
    int now = pending.addAndGet(bytes);
    if (!closed && now > Math.min(limit, LITTLE) && (now > limit || isShort.getAsBoolean())) {
      // In this order, and with another look: what was pending may have gone since it was counted,
      // and whoever counted that did not know that the gate closes.
      source.config().setAutoRead(false);
      closed = true;
      openIfLow();
    }
  }

  void went(int bytes) {
    if (pending.addAndGet(-bytes) <= LOW && closed) {
      if (source.eventLoop().inEventLoop()) {
        openIfLow();
      } else {
        source.eventLoop().execute(this::openIfLow);
      }
    }
  }

  private void openIfLow() {
    if (closed && !done && pending.get() <= LOW) {
      closed = false;
      source.config().setAutoRead(true);
    }
  }

  /** All has come: the source is free for others, however slowly this goes on its way. */
  void done() {
    done = true;
    if (closed) {
      source.config().setAutoRead(true);
    }
  }
}
