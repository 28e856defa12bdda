package dev.kubewsgi.cli.serve;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Waits for something to change in directories. One thread uses it. */
final class FileWatch implements AutoCloseable {

  /** Editors write in several steps: a pause of this length says that they are done. */
  private static final long QUIET_MILLIS = 40;

  /** Files that are written all the time must not keep changes waiting for ever. */
  private static final long LONGEST_MILLIS = 200;

  private final WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  FileWatch() throws IOException {
    this.service = FileSystems.getDefault().newWatchService();
  }

  /** Watches these directories and no others; those that cannot be watched are left out. */
  void watch(Collection<Path> directories) {
    var gone = new HashSet<>(keys.keySet());
    gone.removeAll(directories);
    gone.forEach(directory -> keys.remove(directory).cancel());
    directories.forEach(directory -> keys.computeIfAbsent(directory, this::register));
  }

  private WatchKey register(Path directory) {
    try {
      return directory.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
    } catch (IOException e) {
      return null; // It has just been deleted, or may not be read.
    }
  }

  /**
   * Returns when something has changed and then nothing for a moment.
   *
   * @param concerns whether a change of this file matters; those of directories always do
   */
  void awaitChange(Predicate<Path> concerns) throws InterruptedException {
    var changed = false;
    while (!changed) {
      changed = take(service.take(), concerns);
    }
    awaitQuiet(concerns);
  }

  /**
   * Returns as {@link #awaitChange} does, or soon after something else is so.
   *
   * @param enough whether it is
   */
  void awaitChangeUnless(BooleanSupplier enough, Predicate<Path> concerns)
      throws InterruptedException {
    while (!enough.getAsBoolean()) {
      var key = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
      if (key != null && take(key, concerns)) {
        awaitQuiet(concerns);
        return;
      }
    }
  }

  private void awaitQuiet(Predicate<Path> concerns) throws InterruptedException {
    var until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
    while (System.nanoTime() < until) {
      var more = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
      if (more == null) {
        return;
      }
      take(more, concerns);
    }
  }

  private boolean take(WatchKey key, Predicate<Path> concerns) {
    var directory = (Path) key.watchable();
    var changed = key.pollEvents().stream().anyMatch(event -> matters(directory, event, concerns));
    if (!key.reset()) {
      keys.values().remove(key);
      return true;
    }
    return changed;
  }

  private boolean matters(Path directory, WatchEvent<?> event, Predicate<Path> concerns) {
    if (!(event.context() instanceof Path name)) {
      return true; // Too much happened for the system to say what.
    }
    var path = directory.resolve(name);
    return concerns.test(path) || keys.containsKey(path) || Files.isDirectory(path);
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
