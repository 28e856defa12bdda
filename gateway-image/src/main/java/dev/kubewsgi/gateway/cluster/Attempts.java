package dev.kubewsgi.gateway.cluster;

import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * How often in a row something could not be read: what to wait before it is asked for again, and
 * that a refusal is said once. Confined to the cluster's thread.
 */
final class Attempts {

  private static final Logger LOG = Logger.getLogger(Attempts.class);
  private static final long SHORTEST_PAUSE_MILLIS = 200;
  private static final int DOUBLINGS = 6;

  private final String subject;
  private int failures;
  private int refusals;

  /**
   * @param subject for messages
   */
  Attempts(String subject) {
    this.subject = subject;
  }

  /** It was read: the next failure is a first one. */
  void succeeded() {
    failures = 0;
    refusals = 0;
  }

  /**
   * Says that the API server refuses, once in a row: the second time, as it learns of a right that
   * was just given a moment after the table that needs it can be read.
   */
  void refused(ApiFailure failure) {
    if (++refusals == 2) {
      LOG.errorf(
          "KW244 %s cannot be read: %s. It is tried again until it can",
          subject, failure.getMessage());
    }
  }

  /** What to wait after one more failure, in milliseconds. */
  long pauseMillis() {
    return spread(SHORTEST_PAUSE_MILLIS << Math.min(failures++, DOUBLINGS));
  }

  /** So that a server that comes back is not asked everything at once. */
  static long spread(long longestMillis) {
    return ThreadLocalRandom.current().nextLong(longestMillis / 2, longestMillis);
  }
}
