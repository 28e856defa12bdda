package dev.kubewsgi.gateway.daemon;

/** A worker or supervisor sent what is not an answer in the canonical form. */
final class InvalidAnswer extends Exception {

  InvalidAnswer(String message) {
    super(message, null, false, false);
  }
}
