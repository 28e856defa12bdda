package dev.kubewsgi.gateway.exchange;

/**
 * The kinds of {@link Failure}: stable codes, each explained in docs/errors.md under its name.
 *
 * <p>KW3xx: an application could not be loaded. KW4xx: the client's request. KW5xx: serving.
 */
public enum FailureCode {
  APPLICATION_NOT_LOADED("KW300", 500),
  APPLICATION_FAILED("KW500", 500),
  QUEUE_FULL("KW501", 503),
  QUEUE_TIMEOUT("KW502", 503),
  GROUP_UNAVAILABLE("KW503", 503),
  WORKER_DIED("KW504", 502),
  WORKER_ANSWER_INVALID("KW505", 502),
  SHUTTING_DOWN("KW506", 503),
  RESPONSE_INCOMPLETE("KW507", 502),
  APPLICATION_TOO_SLOW("KW519", 504),
  ANSWER_TOO_LATE("KW520", 504),
  GATEWAY_FAULT("KW599", 500),
  BAD_REQUEST("KW400", 400),
  TRANSFER_CODING_UNKNOWN("KW401", 501),
  METHOD_REFUSED("KW402", 501),
  NO_ROUTE("KW404", 404),
  PATH_REFUSED("KW405", 404),
  UPGRADE_REFUSED("KW406", 501),
  VERSION_UNSUPPORTED("KW407", 505),
  REQUEST_TIMEOUT("KW408", 408),
  BODY_TOO_LARGE("KW413", 413),
  REQUEST_LINE_TOO_LONG("KW414", 414),
  EXPECTATION_FAILED("KW417", 417),
  HEADERS_TOO_LARGE("KW431", 431),
  CLIENT_TOO_SLOW("KW498", 499),
  CLIENT_GONE("KW499", 499);

  private final String code;
  private final int status;

  FailureCode(String code, int status) {
    this.code = code;
    this.status = status;
  }

  /** {@code KW} and three digits. */
  public String code() {
    return code;
  }

  /** The HTTP status that a client is answered with. */
  public int status() {
    return status;
  }
}
