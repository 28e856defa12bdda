package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.routes.UnreadableDocumentException;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/** Documents that were not understood, most likely because another release wrote them. */
final class Unreadable {

  private static final Logger LOG = Logger.getLogger(Unreadable.class);

  private final LongAdder count = new LongAdder();

  /** Since the start. */
  long count() {
    return count.sum();
  }

  void report(String document, UnreadableDocumentException why) {
    count.increment();
    LOG.errorf(
        "%s %s is not taken: %s. If there was one before, that stays in force",
        why.code(), document, why.getMessage());
  }
}
