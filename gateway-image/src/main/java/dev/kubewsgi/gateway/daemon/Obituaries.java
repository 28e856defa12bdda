package dev.kubewsgi.gateway.daemon;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How workers ended. A connection breaks a moment before the supervisor has reaped its worker and
 * tells the cause, so those who want to name it wait for that, but not long: perhaps the worker
 * lives. Confined to one event loop.
 */
final class Obituaries {

  private static final int REMEMBERED = 64;

  private final EventLoop loop;
  private final Map<Long, List<Consumer<Optional<String>>>> asked = new HashMap<>();

  private final Map<Long, String> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  private String ofAll;

  Obituaries(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Asks how a worker ended.
   *
   * @param answer is given the manner, or nothing when none has become known in time
   */
  void ask(long pid, long millis, Consumer<Optional<String>> answer) {
    String manner = known.getOrDefault(pid, ofAll);
    if (manner != null) {
      answer.accept(Optional.of(manner));
      return;
    }
    asked.computeIfAbsent(pid, p -> new ArrayList<>()).add(answer);
    loop.schedule(() -> giveUp(pid, answer), millis, TimeUnit.MILLISECONDS);
  }

  /** A worker has ended. */
  void publish(long pid, String manner) {
    if (known.put(pid, manner) == null) {
      answer(pid, Optional.of(manner));
    }
  }

  /** All the workers have ended, as their supervisor has. */
  void publishAll(String manner) {
    ofAll = manner;
    List.copyOf(asked.keySet()).forEach(pid -> publish(pid, manner));
  }

  private void answer(long pid, Optional<String> manner) {
    List<Consumer<Optional<String>>> waiting = asked.remove(pid);
    if (waiting != null) {
      waiting.forEach(one -> one.accept(manner));
    }
  }

  private void giveUp(long pid, Consumer<Optional<String>> answer) {
    List<Consumer<Optional<String>>> waiting = asked.get(pid);
    if (waiting != null && waiting.remove(answer)) {
      answer.accept(Optional.empty());
    }
    if (waiting != null && waiting.isEmpty()) {
      asked.remove(pid);
    }
  }
}
