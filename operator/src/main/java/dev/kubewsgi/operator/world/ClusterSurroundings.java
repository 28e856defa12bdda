package dev.kubewsgi.operator.world;

import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.Surroundings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What surrounds the kinds in a cluster: docs/cluster.md has the paths in pods. */
record ClusterSurroundings(Inputs inputs, Admissions admissions) implements Surroundings {

  /** A file of an image never changes; another image is other pods. */
  @Override
  public String revision(String script) {
    return "";
  }

  /** Only pods can read it; whether it is there, they report. */
  @Override
  public Optional<Tls> certificate(String namespace, String secretName) {
    return Optional.of(new Tls.Mounted("/etc/kube-wsgi/tls/" + secretName));
  }

  @Override
  public String defaultAddress() {
    return "0.0.0.0";
  }

  @Override
  public Optional<Map<String, String>> namespaceLabels(String namespace) {
    return Optional.ofNullable(inputs.namespaceLabels().get(namespace));
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return Optional.ofNullable(inputs.configMaps().get(namespace + "/" + name));
  }

  @Override
  public Optional<Instant> admittedAt(String alias, String gateway, String host, String path) {
    return admissions.since(alias, gateway, host, path);
  }

  @Override
  public String absolute(String path) {
    return Path.of("/srv").resolve(path).normalize().toString();
  }

  @Override
  public boolean hasPods() {
    return true;
  }

  @Override
  public boolean hasVolume(String namespace, String claim) {
    return !inputs.missingVolumes().contains(namespace + "/" + claim);
  }
}
