package dev.kubewsgi.pods.load;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** What became of all requests of a load, or of those of a part of its time. */
public record Report(List<Outcome> outcomes) {

  /** Sorted by when they were due. */
  public Report {
    outcomes = outcomes.stream().sorted(Comparator.comparing(Outcome::due)).toList();
  }

  /** Of the requests that were due in a part of the load's time. */
  public Report between(Duration from, Duration to) {
    return new Report(
        outcomes.stream()
            .filter(each -> each.due().compareTo(from) >= 0 && each.due().compareTo(to) < 0)
            .toList());
  }

  /** Requests that were lost or answered wrongly. */
  public List<Outcome> wrong() {
    return outcomes.stream().filter(Outcome::isWrong).toList();
  }

  /**
   * Fails with how many were lost or answered wrongly, and the first of them.
   *
   * @param wrong some of {@link #wrong}
   */
  public static void assertNone(List<Outcome> wrong) {
    if (!wrong.isEmpty()) {
      throw new AssertionError(
          "%d requests were lost or answered wrongly, first: %s"
              .formatted(wrong.size(), wrong.stream().limit(10).toList()));
    }
  }

  public int count() {
    return outcomes.size();
  }

  /** Answers a second. */
  public double rate() {
    if (outcomes.size() < 2) {
      return 0;
    }
    Duration span = outcomes.getLast().due().minus(outcomes.getFirst().due());
    return outcomes.size() / (span.toNanos() / 1e9);
  }

  /**
   * How late answers were.
   *
   * @param part of them that were earlier, from 0 to 1
   * @return milliseconds
   */
  public double late(double part) {
    List<Duration> sorted = outcomes.stream().map(Outcome::late).sorted().toList();
    return sorted.isEmpty()
        ? 0
        : sorted.get((int) Math.min(sorted.size() - 1, part * sorted.size())).toNanos() / 1e6;
  }

  @Override
  public String toString() {
    return "%d requests, %.0f/s, p50 %.1f ms, p99 %.1f ms, max %.1f ms, %d wrong"
        .formatted(count(), rate(), late(0.5), late(0.99), late(1), wrong().size());
  }
}
