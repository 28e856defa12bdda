package dev.kubewsgi.operator.world;

import dev.kubewsgi.operator.pods.PodFault;
import dev.kubewsgi.reports.GatewayReport.Trouble;
import java.util.Optional;

/** Whether the newest code of an alias serves, as pods are and those of its gateway report. */
public sealed interface Service {

  /** All of them serve it. */
  record Serving() implements Service {}

  /**
   * It is being loaded, or has not reached all of them.
   *
   * @param awaited what it waits for, beside the code; empty: nothing
   * @param older whether an older revision serves meanwhile
   */
  record Starting(Optional<String> awaited, boolean older) implements Service {}

  /**
   * It has not reached all of them, and something keeps the pods that it needs from running.
   *
   * @param fault of pods of its daemon group, or of its gateway
   * @param older whether an older revision serves meanwhile
   */
  record Held(Whose whose, PodFault fault, boolean older) implements Service {}

  /** Which pods. */
  enum Whose {
    GROUP,
    GATEWAY
  }

  /**
   * It could not be loaded.
   *
   * @param trouble the first that is reported
   * @param older whether an older revision serves meanwhile
   */
  record Failed(Trouble trouble, boolean older) implements Service {}

  /**
   * The gateway has no pod that is ready.
   *
   * @param wanted whether it is to have any
   * @param fault what keeps them from running
   */
  record NoPods(boolean wanted, Optional<PodFault> fault) implements Service {}
}
