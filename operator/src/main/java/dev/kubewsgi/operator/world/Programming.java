package dev.kubewsgi.operator.world;

/** How far an alias has come on its way into the documents of its gateway and group. */
public sealed interface Programming {

  /** It is in no table. */
  record NotAttached() implements Programming {}

  /** It is about to be written; how that went is known in a moment. */
  record Pending() implements Programming {}

  /** It is written wherever it has to be. */
  record Written() implements Programming {}

  /**
   * It could not be written.
   *
   * @param where {@code WsgiGateway namespace/name} or {@code DaemonGroup namespace/name}
   * @param why a sentence
   */
  record Failed(String where, String why) implements Programming {

    /** Whether it is the gateway's documents that fail, and not the group's. */
    public boolean atGateway() {
      return where.startsWith("WsgiGateway");
    }
  }
}
