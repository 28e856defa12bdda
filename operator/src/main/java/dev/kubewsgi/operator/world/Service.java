package dev.kubewsgi.operator.world;

import dev.kubewsgi.reports.GatewayReport.Trouble;

/** Whether the newest code of an alias serves, as the pods of its gateway report. */
public sealed interface Service {

  /** All of them serve it. */
  record Serving() implements Service {}

  /**
   * It is being loaded, or has not reached all of them.
   *
   * @param older whether an older revision serves meanwhile
   */
  record Starting(boolean older) implements Service {}

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
   */
  record NoPods(boolean wanted) implements Service {}
}
