package dev.kubewsgi.gateway.cluster;

import dev.kubewsgi.gateway.cluster.ApiObject.ConfigMap;
import dev.kubewsgi.gateway.cluster.ApiObject.EndpointSlice;
import dev.kubewsgi.gateway.cluster.ApiObject.ReportBoard;
import dev.kubewsgi.gateway.cluster.ApiObject.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Objects of one kind in one namespace, picked so that a Role which names them allows to read them.
 *
 * @param type the form in which they are read
 * @param path of the kind in the namespace, or of the object, without a slash at its beginning
 * @param query of a list or watch, encoded
 * @param subject for messages
 */
record Selection<T extends ApiObject>(Class<T> type, String path, String query, String subject) {

  private static final String CORE = "api/v1/namespaces/";
  private static final String DISCOVERY = "apis/discovery.k8s.io/v1/namespaces/";

  static Selection<ConfigMap> configMap(String namespace, String name) {
    return named(ConfigMap.class, CORE + namespace + "/configmaps", namespace, name);
  }

  /** To be asked for: the Role does not let a gateway list or watch it. */
  static Selection<Secret> secret(String namespace, String name) {
    return single(Secret.class, "secrets", "Secret", namespace, name);
  }

  /** To be asked for: the Role does not let a gateway list or watch it. */
  static Selection<ReportBoard> reports(String namespace, String name) {
    return single(ReportBoard.class, "configmaps", "ConfigMap", namespace, name);
  }

  /** The addresses of a Service. */
  static Selection<EndpointSlice> endpoints(String namespace, String service) {
    return new Selection<>(
        EndpointSlice.class,
        DISCOVERY + namespace + "/endpointslices",
        "labelSelector=" + encode("kubernetes.io/service-name=" + service),
        "the EndpointSlices of Service " + namespace + "/" + service);
  }

  private static <T extends ApiObject> Selection<T> named(
      Class<T> type, String path, String namespace, String name) {
    return new Selection<>(
        type,
        path,
        "fieldSelector=" + encode("metadata.name=" + name),
        type.getSimpleName() + " " + namespace + "/" + name);
  }

  private static <T extends ApiObject> Selection<T> single(
      Class<T> type, String plural, String kind, String namespace, String name) {
    return new Selection<>(
        type,
        CORE + namespace + "/" + plural + "/" + name,
        "",
        kind + " " + namespace + "/" + name);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
