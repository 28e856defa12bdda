package dev.kubewsgi.gateway.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the connections of one event loop share. Used by that loop only.
 *
 * <p>Time limits cost a request a field, not a timer: everything with limits is asked every {@link
 * #TICK_MILLIS}, which is also how exact the limits are.
 */
final class LoopState {

  private static final int TICK_MILLIS = 100;

  /** Log lines about refused requests in a second: clients cause them at will. */
  private static final int MOST_REFUSALS_LOGGED = 50;

  /** RFC 9110 section 5.6.7; DateTimeFormatter's own writes one-digit days. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final EventLoop eventLoop;
  private final HeaderNames headerNames = new HeaderNames();
  private final RequestIds ids = new RequestIds();
  private final String server;
  private final ResponseEncoder encoder;
  private final List<Timed> timed = new ArrayList<>();
  private Future<?> ticking;
  private long refusalsSecond;
  private int refusals;
  private long clockMicros; // since the epoch, at …
  private long clockNanos; // … this System.nanoTime()
  private long dateSecond;
  private byte[] date;
  private String dateText;

  LoopState(EventLoop eventLoop, String server) {
    this.eventLoop = eventLoop;
    this.server = server;
    this.encoder = new ResponseEncoder(this, server);
    setClock();
  }

  HeaderNames headerNames() {
    return headerNames;
  }

  RequestIds ids() {
    return ids;
  }

  ResponseEncoder encoder() {
    return encoder;
  }

  /** Microseconds since the epoch at that {@link System#nanoTime()}. */
  long micros(long nanos) {
    return clockMicros + (nanos - clockNanos) / 1000;
  }

  /** The Date field of the moment, as {@code Date: …} with its CRLF. */
  byte[] date() {
    return date;
  }

  String dateText() {
    return dateText;
  }

  /** What the Server field says. */
  String server() {
    return server;
  }

  /** Whether another refused request may have its line in the log; all are counted in any case. */
  boolean mayLogRefusal() {
    if (refusalsSecond != dateSecond) {
      refusalsSecond = dateSecond;
      refusals = 0;
    }
    return ++refusals <= MOST_REFUSALS_LOGGED;
  }

  void watch(Timed one) {
    timed.add(one);
    if (ticking == null) {
      setClock();
      ticking =
          eventLoop.scheduleWithFixedDelay(
              this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    setClock();
    long now = System.nanoTime();
    for (int i = timed.size() - 1; i >= 0; i--) { // downwards: what is added meanwhile waits
      if (!timed.get(i).tick(now)) {
        Timed last = timed.removeLast();
        if (i < timed.size()) {
          timed.set(i, last);
        }
      }
    }
    if (timed.isEmpty()) {
      ticking.cancel(false);
      ticking = null;
    }
  }

  private void setClock() {
    Instant now = Instant.now();
    clockNanos = System.nanoTime();
    clockMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    if (date == null || now.getEpochSecond() != dateSecond) {
      dateSecond = now.getEpochSecond();
      dateText = DATE.format(now);
      date = ("Date: " + dateText + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
  }
}
