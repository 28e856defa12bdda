package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class FlowGateTest {

  private static final int LIMIT = 10 * FlowGate.LITTLE;

  private final Channel worker = new EmbeddedChannel();
  private boolean isShort;

  private boolean isRead() {
    return worker.config().isAutoRead();
  }

  @Test
  void isOpenUpToTheLimitWhileThereIsMemory() {
    FlowGate gate = new FlowGate(worker, LIMIT, () -> isShort);
    gate.came(LIMIT);
    assertTrue(isRead());
    gate.came(1);
    assertFalse(isRead());
    gate.went(LIMIT);
    assertTrue(isRead());
  }

  @Test
  void isOpenForLittleWhereMemoryIsShort() {
    FlowGate gate = new FlowGate(worker, LIMIT, () -> isShort);
    gate.came(FlowGate.LITTLE);
    assertTrue(isRead());
    isShort = true;
    gate.came(1);
    assertFalse(isRead());
  }

  @Test
  void aLimitBelowThatHoldsWithMemoryToo() {
    FlowGate gate = new FlowGate(worker, 100_000, () -> isShort);
    gate.came(100_000);
    assertTrue(isRead());
    gate.came(1);
    assertFalse(isRead());
  }

  @Test
  void theEndOfAnAnswerOpensItForTheNext() {
    FlowGate gate = new FlowGate(worker, 100_000, () -> isShort);
    gate.came(500_000);
    assertFalse(isRead());
    gate.done();
    assertTrue(isRead());
  }
}
