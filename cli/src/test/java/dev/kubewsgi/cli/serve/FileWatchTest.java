package dev.kubewsgi.cli.serve;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for an edit ends with it, and not before unless it may. */
@Timeout(value = 30, unit = SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileWatchTest {

  @TempDir Path directory;

  @Test
  void aChangeEndsTheWait() throws IOException, InterruptedException {
    try (var files = new FileWatch()) {
      files.watch(Set.of(directory));
      Files.writeString(directory.resolve("edited.yaml"), "");
      files.awaitChange(file -> file.endsWith("edited.yaml"));
    }
  }

  @Test
  void aChangeEndsTheWaitForSomethingElseToo() throws IOException, InterruptedException {
    try (var files = new FileWatch()) {
      files.watch(Set.of(directory));
      Files.writeString(directory.resolve("edited.yaml"), "");
      files.awaitChangeUnless(() -> false, file -> file.endsWith("edited.yaml"));
    }
  }

  @Test
  void withoutAChangeTheWaitEndsWhenSomethingElseIsSo() throws IOException, InterruptedException {
    var looks = new AtomicInteger();
    try (var files = new FileWatch()) {
      files.watch(Set.of(directory));
      Files.writeString(directory.resolve("unconcerned.db"), "");
      files.awaitChangeUnless(() -> looks.incrementAndGet() == 3, _ -> false);
      assertEquals(3, looks.get());
    }
  }
}
