package dev.kubewsgi.routes;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes one JSON object, field by field in the order of the calls, but maps by their keys: equal
 * values give equal texts. An ObjectMapper would have to learn the records at every start.
 */
final class DocumentWriter {

  private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();
  private static final int MILLIS_SCALE = 3;

  private final StringBuilder text = new StringBuilder();

  private DocumentWriter() {}

  static String object(Consumer<DocumentWriter> fields) {
    var writer = new DocumentWriter();
    writer.braced(fields);
    return writer.text.toString();
  }

  /** Binds the value that an object is made of, for {@link #list}. */
  static <T> String object(T value, BiConsumer<DocumentWriter, T> fields) {
    return object(writer -> fields.accept(writer, value));
  }

  void text(String name, String value) {
    name(name);
    quote(value);
  }

  /** null where there is none. */
  void text(String name, Optional<String> value) {
    value.ifPresentOrElse(present -> text(name, present), () -> nothing(name));
  }

  void nothing(String name) {
    raw(name, "null");
  }

  void number(String name, long value) {
    raw(name, Long.toString(value));
  }

  /** null where there is none. */
  void number(String name, Optional<Integer> value) {
    raw(name, value.map(String::valueOf).orElse("null"));
  }

  void truth(String name, boolean value) {
    raw(name, Boolean.toString(value));
  }

  /** In seconds, to the millisecond. */
  void seconds(String name, Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), MILLIS_SCALE);
    raw(name, seconds.stripTrailingZeros().toPlainString());
  }

  void texts(String name, List<String> values) {
    name(name);
    text.append('[');
    for (String value : values) {
      separate('[');
      quote(value);
    }
    text.append(']');
  }

  void texts(String name, Map<String, String> values) {
    object(name, object -> new TreeMap<>(values).forEach(object::text));
  }

  void object(String name, Consumer<DocumentWriter> fields) {
    name(name);
    braced(fields);
  }

  private void braced(Consumer<DocumentWriter> fields) {
    text.append('{');
    fields.accept(this);
    text.append('}');
  }

  <T> void list(String name, List<T> items, BiConsumer<DocumentWriter, T> fields) {
    name(name);
    text.append('[');
    for (T item : items) {
      separate('[');
      braced(writer -> fields.accept(writer, item));
    }
    text.append(']');
  }

  /**
   * A list of objects that are written already.
   *
   * @param objects as {@link #object} makes them
   */
  void objects(String name, List<String> objects) {
    raw(name, "[" + String.join(",", objects) + "]");
  }

  private void raw(String name, String json) {
    name(name);
    text.append(json);
  }

  private void name(String name) {
    separate('{');
    quote(name);
    text.append(':');
  }

  private void separate(char opening) {
    if (text.charAt(text.length() - 1) != opening) {
      text.append(',');
    }
  }

  private void quote(String value) {
    text.append('"');
    ENCODER.quoteAsString(value, text);
    text.append('"');
  }
}
