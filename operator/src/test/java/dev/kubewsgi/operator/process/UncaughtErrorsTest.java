package dev.kubewsgi.operator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kubewsgi.operator.RecordedLog;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UncaughtErrorsTest {

  private static final String THREAD = "a thread of this test";

  private final RecordedLog log = RecordedLog.mentioning(THREAD);
  private final AtomicInteger exits = new AtomicInteger();

  @AfterEach
  void end() {
    log.close();
  }

  private void inAThread(Runnable work) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .name(THREAD)
            .uncaughtExceptionHandler(new UncaughtErrors(exits::incrementAndGet))
            .start(work);
    thread.join();
  }

  @Test
  void endTheProcessWithALineThatSaysWhy() throws InterruptedException {
    inAThread(
        () -> {
          throw new StackOverflowError("too deep");
        });
    assertEquals(1, exits.get());
    String line = log.messages("KW229").getFirst();
    assertTrue(line.contains("too deep"), line);
  }

  @Test
  void areNotWhatEveryExceptionIs() throws InterruptedException {
    inAThread(
        () -> {
          throw new IllegalStateException("odd");
        });
    assertEquals(0, exits.get());
    assertEquals(1, log.lines().size());
  }
}
