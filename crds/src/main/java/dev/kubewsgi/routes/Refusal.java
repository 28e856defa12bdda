package dev.kubewsgi.routes;

/**
 * Something declared that a gateway does not serve, with the reason. The rest of its object is
 * served unless the reason concerns all of it.
 *
 * @param reason a stable name
 * @param kind {@code WsgiGateway} or {@code ScriptAlias}
 * @param namespace of the object
 * @param name of the object
 * @param field the path of the field to change, {@code spec.hosts[1]}
 * @param about the other object that the reason is about, {@code kind namespace/name}; empty: none
 * @param message what is wrong and what to do, as a sentence without its object
 */
public record Refusal(
    Reason reason,
    String kind,
    String namespace,
    String name,
    String field,
    String about,
    String message) {

  /** Why; docs/errors.md explains each code. */
  public enum Reason {
    GatewayNotFound("KW120"),
    NamespaceNotAccepted("KW121"),
    HostNotAccepted("KW122"),
    ProcessGroupNotFound("KW123"),
    EmbeddedNotEnabled("KW124"),
    EmbeddedNotAllowed("KW125"),
    AlreadyClaimed("KW126"),
    ApplicationGroupConflict("KW127"),
    CertificateNotFound("KW128"),
    ProcessGroupNotAllowed("KW132"),
    SourceNotFound("KW133"),
    ScriptNotInSource("KW134"),
    SourceTooLarge("KW135"),
    SourceNotInNamespace("KW136"),
    SourceNeedsCluster("KW137"),
    ProcessGroupServesNone("KW139");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** {@code KW1xx}. */
    public String code() {
      return code;
    }
  }
}
