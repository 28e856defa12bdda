package dev.kubewsgi.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An HTTP/1.1 answer as a test's client reads it.
 *
 * @param fields {@code name: value}, names in lower case
 */
record Answer(int status, String reason, List<String> fields, String body) {

  /** All answers in what a server sent, none of whose bodies begins as one; the last is whole. */
  static List<Answer> parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int headEnd = text.indexOf("\r\n\r\n", at);
      if (headEnd < 0) {
        throw new IllegalStateException("no whole head in: " + text.substring(at));
      }
      Answer head = head(text.substring(at, headEnd));
      int length = head.status() < 200 ? 0 : head.length(text.length() - headEnd - 4);
      // To HEAD: a length without a body, and then the next answer or nothing.
      boolean bodiless = headEnd + 4 == text.length() || text.startsWith("HTTP/1.1 ", headEnd + 4);
      int bodyEnd = headEnd + 4 + (bodiless ? 0 : length);
      answers.add(head.with(text.substring(headEnd + 4, bodyEnd)));
      at = bodyEnd;
    }
    return answers;
  }

  /** An answer of which only the head has come, without its empty line. */
  static Answer head(String text) {
    String[] lines = text.split("\r\n");
    List<String> fields = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      fields.add(lines[i].substring(0, colon).toLowerCase(Locale.ROOT) + lines[i].substring(colon));
    }
    int status = Integer.parseInt(lines[0].substring(9, 12));
    return new Answer(status, lines[0].substring(13), fields, "");
  }

  Answer with(String newBody) {
    return new Answer(status, reason, fields, newBody);
  }

  int length(int otherwise) {
    String length = field("Content-Length");
    return length == null ? otherwise : Integer.parseInt(length);
  }

  /** The value of a field, or null. */
  String field(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ": ";
    return fields.stream()
        .filter(field -> field.startsWith(start))
        .map(field -> field.substring(start.length()))
        .findFirst()
        .orElse(null);
  }
}
