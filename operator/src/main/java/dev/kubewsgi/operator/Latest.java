package dev.kubewsgi.operator;

import java.util.LinkedHashMap;
import java.util.Map;

/** The entries that were put last: for what may be forgotten once there is much that is newer. */
public final class Latest<V> extends LinkedHashMap<String, V> {

  private static final long serialVersionUID = 1;

  /** More objects of a kind than a cluster has at work at once. */
  private static final int MOST = 10_000;

  /** An entry that is put again is the last one. */
  @Override
  public V put(String key, V value) {
    V before = remove(key);
    super.put(key, value);
    return before;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
    return size() > MOST;
  }
}
