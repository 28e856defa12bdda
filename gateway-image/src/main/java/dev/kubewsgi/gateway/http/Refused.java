package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.Failure;
import dev.kubewsgi.gateway.exchange.FailureCode;

/**
 * A request that the gateway does not pass on. Carries no stack trace: clients cause it at will.
 */
final class Refused extends Exception {

  private final transient Failure failure;

  Refused(FailureCode code, String detail) {
    super(detail, null, false, false);
    this.failure = Failure.of(code, detail);
  }

  static Refused badRequest(String detail) {
    return new Refused(FailureCode.BAD_REQUEST, detail);
  }

  Failure failure() {
    return failure;
  }
}
