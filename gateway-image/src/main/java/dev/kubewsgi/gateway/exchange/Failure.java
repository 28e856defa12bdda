package dev.kubewsgi.gateway.exchange;

import java.time.Duration;
import java.util.Optional;

/**
 * Why a request was not answered by an application, or its answer was broken off.
 *
 * @param code what kind of failure, with its status and its page in docs/errors.md
 * @param detail what happened, for the log: names group, worker, signal, script, time limit
 * @param retryAfter set on refusals that time mends: the Retry-After field
 */
public record Failure(FailureCode code, String detail, Optional<Duration> retryAfter) {

  public static Failure of(FailureCode code, String detail) {
    return new Failure(code, detail, Optional.empty());
  }

  public static Failure retryable(FailureCode code, String detail, Duration retryAfter) {
    return new Failure(code, detail, Optional.of(retryAfter));
  }
}
