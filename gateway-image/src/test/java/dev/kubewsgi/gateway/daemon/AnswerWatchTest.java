package dev.kubewsgi.gateway.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.gateway.daemon.AnswerWatch.Limits;
import dev.kubewsgi.routes.AnswerSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which timers a watch leaves behind; what it does to requests is in AnswerTimeoutsTest. */
class AnswerWatchTest {

  private static final long NONE = -1;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> late = new ArrayList<>();
  private final AnswerWatch watch = new AnswerWatch(channel.eventLoop(), () -> true, late::add);

  @Test
  void withoutALimitThereIsNoTimer() {
    watch.begin(Limits.NONE, System.nanoTime());
    assertEquals(NONE, nextTimer());
  }

  @Test
  void aClosedConnectionLeavesNoTimerThoughItsClientIsWaitedFor() {
    watch.begin(firstByte(Duration.ofMinutes(1)), System.nanoTime());
    assertTrue(nextTimer() > 0);
    watch.close();
    assertEquals(NONE, nextTimer());
  }

  @Test
  void aLimitThatIsLoweredHoldsFromTheNextRequestOn() {
    watch.begin(firstByte(Duration.ofMinutes(10)), System.nanoTime());
    watch.end();
    watch.begin(firstByte(Duration.ofMinutes(1)), System.nanoTime());
    assertTrue(nextTimer() <= Duration.ofMinutes(1).toNanos());
  }

  @Test
  void requestsOneAfterTheOtherShareATimer() {
    for (int i = 0; i < 3; i++) {
      watch.begin(firstByte(Duration.ofMinutes(1)), System.nanoTime());
      watch.end();
    }
    assertTrue(nextTimer() > 0);
    watch.close();
    assertEquals(NONE, nextTimer());
  }

  @Test
  void aDeadlineThatIsOverIsToldAtOnce() {
    long came = System.nanoTime() - Duration.ofMinutes(2).toNanos();
    Optional<Duration> minute = Optional.of(Duration.ofMinutes(1));
    watch.begin(
        Limits.of(new AnswerSettings(Optional.empty(), Optional.empty(), minute, 1 << 20)), came);
    assertEquals(List.of("deadline"), late);
  }

  private long nextTimer() {
    return channel.runScheduledPendingTasks();
  }

  private static Limits firstByte(Duration limit) {
    return Limits.of(
        new AnswerSettings(Optional.of(limit), Optional.empty(), Optional.empty(), 1 << 20));
  }
}
