package dev.kubewsgi.gateway.cluster;

import java.io.IOException;

/** The API server was not reached, or refused. */
final class ApiFailure extends IOException {

  private static final long serialVersionUID = 1;
  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;

  private final int status;

  private ApiFailure(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /**
   * @param status of HTTP
   */
  static ApiFailure refused(int status, String message) {
    return new ApiFailure(status, "HTTP status " + status + ": " + message, null);
  }

  static ApiFailure unreached(Throwable cause) {
    var why = cause.getMessage();
    return new ApiFailure(0, why == null ? cause.getClass().getSimpleName() : why, cause);
  }

  /** Whether it did answer. */
  boolean isRefusal() {
    return status != 0;
  }

  /** Whether what was asked for is not there. */
  boolean isMissing() {
    return status == NOT_FOUND;
  }

  /**
   * Whether the version that a watch began with is too old by now: what is there must be listed.
   */
  boolean isGone() {
    return status == GONE;
  }
}
