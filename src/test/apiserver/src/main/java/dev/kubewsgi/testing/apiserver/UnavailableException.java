package dev.kubewsgi.testing.apiserver;

/**
 * There can be no Kubernetes of that kind on this machine; the message is the reason, in a line.
 */
public final class UnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public UnavailableException(String reason) {
    super(reason);
  }
}
