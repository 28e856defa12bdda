package dev.kubewsgi.gateway.http;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * A line for each request in Apache's combined form, then the request id, the microseconds it took,
 * the application group that ran it and the code of its failure ({@code -}: none). Of all gateways
 * whose settings want it.
 *
 * <p>Event loops only queue; a thread of the log's own writes, in the order of the answers of each
 * loop. Bound: when {@link #CAPACITY} requests wait, further ones are counted instead of written.
 */
public final class AccessLog implements AutoCloseable {

  /** Where the lines go: the logger of this category. */
  public static final String CATEGORY = "dev.kubewsgi.access";

  private static final int CAPACITY = 16_384;
  private static final long PAUSE_NANOS = 20_000_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  /** A request as the log shows it; null texts become {@code -}. */
  record Entry(
      String remoteAddress,
      long startMicros,
      String method,
      String target,
      String protocol,
      int status,
      long bytes,
      String referer,
      String userAgent,
      String requestId,
      long micros,
      String applicationGroup,
      String failureCode) {}

  private final Consumer<String> sink;
  private final BlockingQueue<Entry> queue;
  private final LongAdder dropped = new LongAdder();
  private Thread writer;
  private volatile boolean closed;
  private long timeSecond = -1;
  private String time;

  private AccessLog(Consumer<String> sink) {
    this.sink = sink;
    this.queue = new ArrayBlockingQueue<>(CAPACITY);
  }

  /** One that writes to the logger {@link #CATEGORY}. */
  public static AccessLog ofLogger() {
    return to(Logger.getLogger(CATEGORY)::info);
  }

  /** One that gives each line to {@code sink}, on the log's own thread. */
  static AccessLog to(Consumer<String> sink) {
    return new AccessLog(sink);
  }

  /** Has its thread write what is added, now and later. */
  synchronized void start() {
    if (writer == null) {
      writer = Thread.ofPlatform().name("access-log").daemon().start(this::run);
    }
  }

  /** For a log that was started. */
  void add(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.increment();
    }
  }

  /** Writes what is queued and ends. */
  @Override
  public synchronized void close() {
    closed = true;
    if (writer == null) {
      return;
    }
    LockSupport.unpark(writer);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Entry> batch = new ArrayList<>();
    boolean last;
    do {
      last = closed;
      queue.drainTo(batch);
      batch.forEach(entry -> sink.accept(line(entry)));
      long lost = dropped.sumThenReset();
      if (lost > 0) {
        sink.accept("%d requests are missing here: the log cannot keep up".formatted(lost));
      }
      if (batch.isEmpty() && !last) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      batch.clear();
    } while (!last);
  }

  private String line(Entry entry) {
    StringBuilder line = new StringBuilder(256);
    line.append(entry.remoteAddress()).append(" - - [").append(time(entry.startMicros()));
    line.append("] \"");
    escape(line, entry.method()).append(' ');
    escape(line, entry.target()).append(' ').append(entry.protocol()).append("\" ");
    line.append(entry.status()).append(' ').append(entry.bytes()).append(" \"");
    escape(line, entry.referer()).append("\" \"");
    escape(line, entry.userAgent()).append("\" ").append(entry.requestId()).append(' ');
    line.append(entry.micros()).append(' ');
    escape(line, entry.applicationGroup()).append(' ');
    return escape(line, entry.failureCode()).toString();
  }

  private String time(long micros) {
    long second = micros / 1_000_000;
    if (second != timeSecond) {
      timeSecond = second;
      time = TIME.format(Instant.ofEpochSecond(second));
    }
    return time;
  }

  /** As Apache does: a client cannot end the line or the quotes. */
  private static StringBuilder escape(StringBuilder line, String text) {
    if (text == null) {
      return line.append('-');
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line;
  }
}
