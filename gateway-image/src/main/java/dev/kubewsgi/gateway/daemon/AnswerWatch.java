package dev.kubewsgi.gateway.daemon;

import dev.kubewsgi.routes.AnswerSettings;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Watches one connection for answers that take too long, by {@link AnswerSettings}. While none is
 * set it costs a request nothing; else a timer runs that looks when the first of them may be over,
 * and not one for each request or block. Confined to the connection's event loop.
 */
final class AnswerWatch {

  private static final long NEVER = Long.MAX_VALUE;

  /**
   * The limits in nanoseconds.
   *
   * @param firstByte {@link Long#MAX_VALUE}: none; as for the others
   */
  record Limits(long firstByte, long idle, long deadline) {

    static final Limits NONE = of(AnswerSettings.DEFAULTS);

    static Limits of(AnswerSettings settings) {
      return new Limits(
          nanos(settings.firstByte()), nanos(settings.idle()), nanos(settings.deadline()));
    }

    private long shortest() {
      return Math.min(deadline, Math.min(firstByte, idle));
    }

    private static long nanos(Optional<Duration> timeout) {
      return timeout.map(Duration::toNanos).orElse(NEVER);
    }
  }

  private final EventLoop loop;
  private final BooleanSupplier waitsForClient;
  private final Consumer<String> late;
  private Limits limits = Limits.NONE;
  private boolean watching;
  private Future<?> timer;
  private long due;
  private boolean answering;
  private long arrival;
  private long sign;

  /**
   * @param waitsForClient whether the worker can do nothing until the client does, for which there
   *     are other limits
   * @param late told which of the timeouts is over
   */
  AnswerWatch(EventLoop loop, BooleanSupplier waitsForClient, Consumer<String> late) {
    this.loop = loop;
    this.waitsForClient = waitsForClient;
    this.late = late;
  }

  /**
   * A request is sent.
   *
   * @param came when it came into the queue, as {@link System#nanoTime}
   */
  void begin(Limits now, long came) {
    watching = now.shortest() != NEVER;
    if (watching) {
      limits = now;
      arrival = came;
      answering = false;
      sign = System.nanoTime();
      look();
    }
  }

  /** The worker has taken or given something, or can go on. */
  void sign() {
    if (watching) {
      sign = System.nanoTime();
    }
  }

  /** The answer has begun. */
  void answering() {
    answering = true;
    sign();
  }

  /** The answer is over, or nobody waits for it any more. */
  void end() {
    watching = false;
  }

  /** The connection is closed. */
  void close() {
    end();
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void look() {
    if (!watching) {
      return;
    }
    long now = System.nanoTime();
    if (waitsForClient.getAsBoolean()) {
      sign = now;
    }
    long deadline = left(limits.deadline, now - arrival);
    long quiet = left(answering ? limits.idle : limits.firstByte, now - sign);
    if (deadline > 0 && quiet > 0) {
      // Not later than the shortest: that may be the one that counts by then.
      lookIn(Math.min(Math.min(deadline, quiet), limits.shortest()), now);
      return;
    }
    watching = false;
    late.accept(deadline <= 0 ? "deadline" : answering ? "idle" : "firstByte");
  }

  private void lookIn(long nanos, long now) {
    if (timer != null) {
      if (due - now <= nanos) {
        return;
      }
      timer.cancel(false);
    }
    due = now + nanos;
    timer = loop.schedule(this::lookAgain, nanos, TimeUnit.NANOSECONDS);
  }

  private void lookAgain() {
    timer = null;
    look();
  }

  private static long left(long limit, long passed) {
    return limit == NEVER ? NEVER : limit - passed;
  }
}
