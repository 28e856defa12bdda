package dev.kubewsgi.testing.apiserver;

/** There can be no API server on this machine; the message is the reason, in a line. */
final class UnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnavailableException(String reason) {
    super(reason);
  }
}
