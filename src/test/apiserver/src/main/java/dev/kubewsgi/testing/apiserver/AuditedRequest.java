package dev.kubewsgi.testing.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * A request that an API server has answered.
 *
 * @param user {@code system:serviceaccount:NAMESPACE:NAME} for a ServiceAccount
 * @param verb {@code get}, {@code create}, {@code patch}, …
 * @param resource {@code GROUP/RESOURCE/SUBRESOURCE}, without what it lacks: {@code pods}, {@code
 *     apps/deployments}, {@code kubewsgi.dev/daemongroups/status}
 * @param namespace empty if it has none
 * @param name empty if it has none
 * @param status of the answer
 * @param refused whether the user may not do this
 * @param dryRun whether nothing was to be kept of it
 */
public record AuditedRequest(
    String user,
    String verb,
    String resource,
    String namespace,
    String name,
    int status,
    boolean refused,
    boolean dryRun) {

  private static final Set<String> WRITES =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  /** Of the {@code audit.k8s.io/v1} Event. */
  static AuditedRequest of(JsonNode event) {
    JsonNode object = event.path("objectRef");
    return new AuditedRequest(
        event.path("user").path("username").asText(),
        event.path("verb").asText(),
        resource(object),
        object.path("namespace").asText(),
        object.path("name").asText(),
        event.path("responseStatus").path("code").asInt(),
        event.path("annotations").path("authorization.k8s.io/decision").asText().equals("forbid"),
        event.path("requestURI").asText().contains("dryRun=All"));
  }

  private static String resource(JsonNode object) {
    String group = object.path("apiGroup").asText();
    String subresource = object.path("subresource").asText();
    return (group.isEmpty() ? "" : group + "/")
        + object.path("resource").asText()
        + (subresource.isEmpty() ? "" : "/" + subresource);
  }

  /** Whether it was to change an object: reviews and tokens are created, but nothing keeps them. */
  public boolean isWrite() {
    return WRITES.contains(verb)
        && !dryRun
        && !resource.startsWith("authorization.k8s.io/")
        && !resource.startsWith("authentication.k8s.io/")
        && !resource.equals("serviceaccounts/token");
  }
}
