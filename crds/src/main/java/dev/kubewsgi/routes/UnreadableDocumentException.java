package dev.kubewsgi.routes;

/** A document that this release cannot take; whoever holds an earlier one goes on with that. */
public final class UnreadableDocumentException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Another release wrote it. */
    OTHER_FORMAT("KW240"),
    /** It is not what any release writes. */
    DAMAGED("KW241"),
    /** Its parts were not written together; the rest of them is on its way. */
    INCOMPLETE("KW242");

    private final String code;

    Reason(String code) {
      this.code = code;
    }
  }

  private final Reason reason;

  UnreadableDocumentException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** {@code KW24x}; docs/errors.md explains each. */
  public String code() {
    return reason.code;
  }
}
