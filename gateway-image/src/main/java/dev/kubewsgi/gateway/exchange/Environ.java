package dev.kubewsgi.gateway.exchange;

import java.util.Arrays;

/**
 * Environ variables in the order they were set. Keys are unique because whoever fills it joins
 * repeated header fields first. Filled by one thread, then only read.
 */
public final class Environ {

  private static final int USUAL_SIZE = 32;

  private String[] entries = new String[2 * USUAL_SIZE];
  private int size;

  /** Adds a variable; {@code key} must not have been added before. */
  public void add(String key, String value) {
    if (2 * size == entries.length) {
      entries = Arrays.copyOf(entries, 2 * entries.length);
    }
    entries[2 * size] = key;
    entries[2 * size + 1] = value;
    size++;
  }

  public int size() {
    return size;
  }

  public String key(int index) {
    return entries[2 * index];
  }

  public String value(int index) {
    return entries[2 * index + 1];
  }

  /** The value of {@code key}, or null where it was not set. */
  public String get(String key) {
    for (int i = 0; i < size; i++) {
      if (key(i).equals(key)) {
        return value(i);
      }
    }
    return null;
  }
}
