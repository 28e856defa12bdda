package dev.kubewsgi.operator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What is logged while it is open, of news and worse. */
public final class RecordedLog extends Handler implements AutoCloseable {

  private final List<Line> lines = new CopyOnWriteArrayList<>();

  /**
   * A line.
   *
   * @param namespace of what it is about; null: it is about nothing
   * @param object its name
   * @param thrown null: nothing
   */
  public record Line(
      Level level, String namespace, String object, String message, Throwable thrown) {}

  private RecordedLog() {}

  /** Begins. */
  public static RecordedLog begin() {
    var log = new RecordedLog();
    Logger.getLogger("").addHandler(log);
    return log;
  }

  /** All so far. */
  public List<Line> lines() {
    return List.copyOf(lines);
  }

  /** The messages so far that have a text in them. */
  public List<String> messages(String text) {
    return lines.stream().map(Line::message).filter(each -> each.contains(text)).toList();
  }

  @Override
  public void publish(LogRecord event) {
    if (event.getLevel().intValue() >= Level.INFO.intValue()) {
      ExtLogRecord record = ExtLogRecord.wrap(event);
      lines.add(
          new Line(
              event.getLevel(),
              record.getMdc("resource.namespace"),
              record.getMdc("resource.name"),
              record.getFormattedMessage(),
              event.getThrown()));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    Logger.getLogger("").removeHandler(this);
  }
}
