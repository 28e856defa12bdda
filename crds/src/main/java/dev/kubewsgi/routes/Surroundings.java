package dev.kubewsgi.routes;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What a route table needs to know and no manifest of ours says. */
public interface Surroundings {

  /** Another text whenever the file may have other content; also for a file that is not there. */
  String revision(String script);

  /** The certificate in a Secret of type kubernetes.io/tls. */
  Optional<GatewaySettings.Tls> certificate(String namespace, String secretName);

  /** The IP address of a listener that names none. */
  String defaultAddress();

  /**
   * Labels of a namespace, of which {@code kubernetes.io/metadata.name} may be missing; empty:
   * nobody knows them.
   */
  Optional<Map<String, String>> namespaceLabels(String namespace);

  /** The texts of a ConfigMap by key; empty where there is none. */
  Optional<Map<String, String>> configMap(String namespace, String name);

  /**
   * When a claim was first admitted.
   *
   * @param alias {@code namespace/name}
   * @param gateway {@code namespace/name}
   * @param host as in the alias; {@code *}: any
   * @param path as in the alias
   * @return empty: it is new
   */
  Optional<Instant> admittedAt(String alias, String gateway, String host, String path);

  /** An absolute form of a file name that belongs to no source. */
  String absolute(String path);

  /** Whether code runs in pods, which images, Git repositories and volumes can be put into. */
  boolean hasPods();

  /** Whether there is a PersistentVolumeClaim for pods, as far as anybody can know. */
  boolean hasVolume(String namespace, String claim);
}
