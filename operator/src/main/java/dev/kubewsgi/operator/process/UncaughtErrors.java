package dev.kubewsgi.operator.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the process when a thread of it ended. After an Error work would be left undone,
 * by a process that looks alive; so it ends, and whatever started it starts it anew.
 */
record UncaughtErrors(Runnable exit) implements Thread.UncaughtExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(UncaughtErrors.class);

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    if (thrown instanceof Error) {
      LOG.error(
          "KW229 the thread {} broke, and the operator ends: {}",
          thread.getName(),
          thrown.toString(),
          thrown);
      exit.run();
    } else {
      LOG.error("the thread {} ended", thread.getName(), thrown);
    }
  }
}
