package dev.kubewsgi.gateway.embedded.cpython;

/** An application could not be loaded. */
public final class LoadException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final String traceback;

  public LoadException(String code, String message, String traceback) {
    super(message);
    this.code = code;
    this.traceback = traceback;
  }

  /** {@code KW3xx}, a section of docs/errors.md. */
  public String code() {
    return code;
  }

  /** Python's traceback; empty where there is none. */
  public String traceback() {
    return traceback;
  }
}
