package dev.kubewsgi.pods.load;

import java.time.Duration;

/**
 * What became of a request.
 *
 * @param number of the request
 * @param due when it was to be sent, from the load's start
 * @param late how long after that its answer was there, without the time that the application took
 *     by its own wish
 * @param wrong how it was lost or answered wrongly; empty: it was answered as it had to be
 */
public record Outcome(long number, Duration due, Duration late, String wrong) {

  boolean isWrong() {
    return !wrong.isEmpty();
  }

  @Override
  public String toString() {
    return "request %d, due after %d ms: %s".formatted(number, due.toMillis(), wrong);
  }
}
