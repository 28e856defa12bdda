package dev.kubewsgi.gateway.daemon;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a daemon group's pods.
 *
 * @param addresses where their supervisors listen; those of pods that are not ready are among them
 * @param secrets any of which a supervisor may ask for, the one to try first first
 * @param document what the supervisors should run
 */
public record Pods(
    Set<SupervisorAddress> addresses, List<String> secrets, Optional<Document> document) {

  /** Of a group of which nothing is known yet. */
  public static final Pods UNKNOWN = new Pods(Set.of(), List.of(), Optional.empty());

  public Pods {
    addresses = Set.copyOf(addresses);
    secrets = List.copyOf(secrets);
  }

  /**
   * A group document.
   *
   * @param sequence the highest counts, whoever brings it to a supervisor
   * @param json as the supervisor takes it
   */
  public record Document(long sequence, String json) {

    /** Not the whole text. */
    @Override
    public String toString() {
      return "Document[sequence=" + sequence + "]";
    }
  }

  /** Never the secrets. */
  @Override
  public String toString() {
    return "Pods[" + addresses + ", " + document + "]";
  }
}
