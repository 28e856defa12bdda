package dev.kubewsgi.gateway.http;

/** A listener that cannot be started; the message says which, why, and what to do. */
public final class ListenException extends RuntimeException {

  /** Why; each has its page in docs/errors.md. */
  public enum Reason {
    PORT_IN_USE("KW210"),
    ADDRESS_REFUSED("KW211"),
    TLS_UNUSABLE("KW212"),
    /** The Secret that should be mounted is not there. */
    TLS_ABSENT("KW128");

    private final String code;

    Reason(String code) {
      this.code = code;
    }
  }

  private final Reason reason;

  ListenException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Whether another certificate would mend it. */
  boolean isOfCertificate() {
    return reason == Reason.TLS_UNUSABLE || reason == Reason.TLS_ABSENT;
  }

  /** {@code KW} and three digits. */
  public String code() {
    return reason.code;
  }
}
