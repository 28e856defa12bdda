package dev.kubewsgi.gateway.cluster;

import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/** Whether the API server answers: said once when it stops to, and once when it does again. */
final class ApiHealth {

  private static final Logger LOG = Logger.getLogger(ApiHealth.class);

  private final LongAdder failures = new LongAdder();
  private volatile boolean reachable = true;

  boolean isReachable() {
    return reachable;
  }

  /** Since the start. */
  long failures() {
    return failures.sum();
  }

  synchronized void answered() {
    if (!reachable) {
      reachable = true;
      LOG.info("the API server answers again");
    }
  }

  /**
   * A watch broke off: only counted, since a server or what is before it may do that at any time.
   */
  void interrupted() {
    failures.increment();
  }

  synchronized void failed(ApiFailure failure) {
    failures.increment();
    if (failure.isRefusal()) {
      answered();
    } else if (reachable) {
      reachable = false;
      LOG.warnf(
          "KW243 the API server is not reached: %s. What is known goes on being served; edits wait",
          failure.getMessage());
    }
  }
}
