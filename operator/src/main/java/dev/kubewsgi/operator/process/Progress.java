package dev.kubewsgi.operator.process;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this process has come, for its health and metrics. What it waits for is logged once, not
 * with every attempt.
 */
@ApplicationScoped
class Progress {

  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  private volatile State state =
      new State(Phase.WAITING_FOR_API_SERVER, "nobody has been asked yet");

  private volatile List<String> differences = List.of();

  /**
   * A phase, and what there is to know about it.
   *
   * @param detail a sentence
   */
  record State(Phase phase, String detail) {}

  State state() {
    return state;
  }

  /** In what the definitions in the cluster are not this operator's, a sentence for each. */
  List<String> differences() {
    return differences;
  }

  /** Has compared the definitions in the cluster with its own. */
  void compared(List<String> now) {
    now.stream().filter(each -> !differences.contains(each)).forEach(LOG::warn);
    differences = List.copyOf(now);
  }

  /** Has come to a phase. */
  void reached(Phase phase, String detail) {
    if (move(phase, detail)) {
      LOG.info("{}", detail);
    }
  }

  /** Cannot go on until something changes. */
  void waiting(Phase phase, String detail) {
    if (move(phase, detail)) {
      LOG.warn("{}", detail);
    }
  }

  private boolean move(Phase phase, String detail) {
    State before = state;
    state = new State(phase, detail);
    return !state.equals(before);
  }
}
