package dev.kubewsgi.operator.daemongroup;

import java.util.Optional;

/** Text as far as it can be the value of a label. */
final class LabelValue {

  private static final int LONGEST = 63;

  private LabelValue() {}

  /** {@code (wsgi:site1)} becomes {@code wsgi-site1}; empty when no letter or digit is in it. */
  static Optional<String> of(String text) {
    String allowed = trimmed(text.replaceAll("[^A-Za-z0-9._-]+", "-"));
    String value = allowed.length() <= LONGEST ? allowed : trimmed(allowed.substring(0, LONGEST));
    return Optional.of(value).filter(label -> !label.isEmpty());
  }

  private static String trimmed(String text) {
    return text.replaceAll("^[^A-Za-z0-9]+|[^A-Za-z0-9]+$", "");
  }
}
