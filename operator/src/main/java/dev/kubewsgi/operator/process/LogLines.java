package dev.kubewsgi.operator.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * The log: one line for each event, stack traces within it, and the object that it is about in
 * fields of their own. As text it is {@code key=value}, with values in quotes where they need some.
 */
final class LogLines extends ExtFormatter {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the operator framework calls the object whose reconcile a thread is in. */
  private static final Map<String, String> OBJECT =
      Map.of(
          "kind", "resource.kind",
          "namespace", "resource.namespace",
          "name", "resource.name");

  private final Settings.LogFormat format;

  LogLines(Settings.LogFormat format) {
    this.format = format;
  }

  /** From now on every line is of this form. */
  static void install(Settings.LogFormat format) {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      install(handler, new LogLines(format));
    }
  }

  private static void install(Handler handler, LogLines lines) {
    handler.setFormatter(lines);
    if (handler instanceof ExtHandler parent) {
      for (Handler child : parent.getHandlers()) {
        install(child, lines);
      }
    }
  }

  @Override
  public String format(ExtLogRecord event) {
    Map<String, String> fields = fields(event);
    return (format == Settings.LogFormat.json ? json(fields) : text(fields)) + "\n";
  }

  private Map<String, String> fields(ExtLogRecord event) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("time", event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
    fields.put("level", event.getLevel().getName());
    fields.put("logger", simpleName(event.getLoggerName()));
    for (String field : new String[] {"kind", "namespace", "name"}) {
      String value = event.getMdc(OBJECT.get(field));
      if (value != null) {
        fields.put(field, value);
      }
    }
    fields.put("message", event.getFormattedMessage());
    if (event.getThrown() != null) {
      fields.put("stack", stack(event.getThrown()));
    }
    return fields;
  }

  private static String simpleName(String logger) {
    return logger == null ? "" : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static String stack(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }

  private static String json(Map<String, String> fields) {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is always JSON", e);
    }
  }

  private static String text(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + quoted(field.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String value) {
    boolean plain = !value.isEmpty() && value.chars().allMatch(LogLines::isPlain);
    return plain
        ? value
        : '"'
            + value
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
            + '"';
  }

  private static boolean isPlain(int character) {
    return character > ' ' && character != '"' && character != '=' && character != '\\';
  }
}
