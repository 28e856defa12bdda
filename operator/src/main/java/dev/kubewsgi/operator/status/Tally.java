package dev.kubewsgi.operator.status;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each event was told, for the operator may not read events. Of those told last alone:
 * one that was forgotten meanwhile has its second time next.
 */
final class Tally {

  static final int MOST = 1000;

  private final Map<String, Integer> times =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST;
        }
      };

  /** An event is new, or new again because the API server dropped it. */
  synchronized void first(String name) {
    times.put(name, 1);
  }

  /** How often an event that is there has been told, with this time. */
  synchronized int again(String name) {
    int told = times.getOrDefault(name, 1) + 1;
    times.put(name, told);
    return told;
  }
}
