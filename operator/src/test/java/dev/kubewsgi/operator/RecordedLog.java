package dev.kubewsgi.operator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/**
 * What is logged while it is open, of news and worse, and of what a test is about: others run at
 * the same time.
 */
public final class RecordedLog extends Handler implements AutoCloseable {

  private final Predicate<Line> about;
  private final List<Line> lines = new CopyOnWriteArrayList<>();

  /**
   * A line.
   *
   * @param kind of what it is about; null, as namespace and name: it is about nothing
   * @param thrown null: nothing
   */
  public record Line(
      Level level, String kind, String namespace, String name, String message, Throwable thrown) {}

  private RecordedLog(Predicate<Line> about) {
    this.about = about;
    Logger.getLogger("").addHandler(this);
  }

  /** Of the thread that calls this. */
  public static RecordedLog ofThisThread() {
    Thread here = Thread.currentThread();
    return new RecordedLog(line -> Thread.currentThread() == here);
  }

  /** Of the objects of a namespace. */
  public static RecordedLog of(String namespace) {
    return new RecordedLog(line -> namespace.equals(line.namespace()));
  }

  /** Of the lines with a text in them. */
  public static RecordedLog mentioning(String text) {
    return new RecordedLog(line -> line.message().contains(text));
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
      var line =
          new Line(
              event.getLevel(),
              record.getMdc("resource.kind"),
              record.getMdc("resource.namespace"),
              record.getMdc("resource.name"),
              record.getFormattedMessage(),
              event.getThrown());
      if (about.test(line)) {
        lines.add(line);
      }
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    Logger.getLogger("").removeHandler(this);
  }
}
