package dev.kubewsgi.gateway.daemon;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops the reading from one channel while too much of what it brought is on its way to another,
 * perhaps on another event loop. Any thread may count.
 */
final class FlowGate {

  // Enough to keep a fast client busy while the worker is woken, and little for each slow one.
  private static final int HIGH = 131_072;
  private static final int LOW = 32_768;

  private final Channel source;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean closed;
  private volatile boolean done;

  FlowGate(Channel source) {
    this.source = source;
  }

  /** On the source's event loop. */
  void came(int bytes) {
    if (pending.addAndGet(bytes) > HIGH && !closed) {
      // In this order, and with another look: what was pending may have gone since it was counted,
      // and whoever counted that did not know that the gate closes.
      source.config().setAutoRead(false);
      closed = true;
      openIfLow();
    }
  }

  void went(int bytes) {
    pending.addAndGet(-bytes);
    openIfLow();
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
