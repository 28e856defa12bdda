package dev.kubewsgi.pods;

import dev.kubewsgi.system.Site;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Some clients that ask for one path, each again and again, while something happens to it. */
final class Asking implements AutoCloseable {

  private static final int CLIENTS = 4;

  /** For whoever else is at work on the same processors. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Site site;
  private final String path;
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final SortedSet<String> answers = new ConcurrentSkipListSet<>();
  private final AtomicLong count = new AtomicLong();
  private volatile boolean over;

  Asking(Site site, String path) {
    this.site = site;
    this.path = path;
    for (int client = 0; client < CLIENTS; client++) {
      clients.execute(this::ask);
    }
  }

  private void ask() {
    while (!over) {
      answers.add(Scene.answer(site, path));
      count.incrementAndGet();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** The answers until now, each once. */
  SortedSet<String> answersSoFar() {
    return Collections.unmodifiableSortedSet(answers);
  }

  /** Ends it. */
  SortedSet<String> answers() {
    close();
    if (count.get() < CLIENTS) {
      throw new AssertionError("nobody came to ask for " + path);
    }
    return answers;
  }

  /** Returns when every client has its last answer. */
  @Override
  public void close() {
    over = true;
    clients.close();
  }
}
