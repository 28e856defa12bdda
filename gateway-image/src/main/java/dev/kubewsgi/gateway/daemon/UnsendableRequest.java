package dev.kubewsgi.gateway.daemon;

/** A request holds what cannot be written in the canonical form. */
final class UnsendableRequest extends Exception {

  UnsendableRequest(String message) {
    super(message, null, false, false);
  }
}
