package dev.kubewsgi.gateway.daemon;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the ends of a group's workers by their cause. Thread-safe. */
final class WorkerEnds {

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void count(String cause) {
    counts.computeIfAbsent(cause, key -> new LongAdder()).increment();
  }

  /** How many there were of each cause that there has been. */
  SortedMap<String, Long> byCause() {
    var now = new TreeMap<String, Long>();
    counts.forEach((cause, count) -> now.put(cause, count.sum()));
    return now;
  }
}
