package dev.kubewsgi.gateway.daemon;

import java.util.List;

/**
 * Which of a group's secrets to show a supervisor: the first, until it is refused. After a rotation
 * it takes about a minute until pods know the new one, and at all times they accept the one before.
 */
final class Credentials {

  private List<String> secrets = List.of();
  private int next;

  /** Other secrets than before are tried from the first one on. */
  void update(List<String> newSecrets) {
    if (!newSecrets.equals(secrets)) {
      secrets = newSecrets;
      next = 0;
    }
  }

  boolean isEmpty() {
    return secrets.isEmpty();
  }

  /** The one to show now. */
  String secret() {
    return secrets.get(next);
  }

  /**
   * A supervisor did not accept this one. Several requests that showed it may say so; only the
   * first moves on.
   */
  void refused(String secret) {
    if (!secrets.isEmpty() && secret.equals(secret())) {
      next = (next + 1) % secrets.size();
    }
  }
}
