package dev.kubewsgi.gateway.python;

/** No Python can be used; the message says why and what to do. */
public final class PythonUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;

  public PythonUnavailableException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** {@code KW2xx}, a section of docs/errors.md. */
  public String code() {
    return code;
  }
}
