package dev.kubewsgi.gateway.daemon;

import java.time.Duration;
import java.util.Optional;

/** Where a group's supervisors run, and so who decides how many there are. */
sealed interface Place permits ThisMachine, InPods {

  /** Adds and removes supervisors until they are those that should be. On the home loop. */
  void staff(Supervisors supervisors, Duration patience);

  /** Why requests may have to wait although no thread is busy: for messages. */
  Optional<String> shortage(Supervisors supervisors);
}
