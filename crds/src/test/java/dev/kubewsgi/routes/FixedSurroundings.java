package dev.kubewsgi.routes;

import dev.kubewsgi.routes.GatewaySettings.Tls;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Surroundings that a test sets up. */
final class FixedSurroundings implements Surroundings {

  final Map<String, String> revisions = new HashMap<>();
  final Map<String, Map<String, String>> namespaceLabels = new HashMap<>();
  final Map<String, Map<String, String>> configMaps = new HashMap<>();
  final Map<String, Instant> admitted = new HashMap<>();
  final Set<String> missingVolumes = new HashSet<>();
  boolean certificates = true;
  boolean pods = true;

  /** Notes a claim of {@code alias} on {@code host} and {@code path} at {@code default/main}. */
  void admit(String alias, String host, String path, String at) {
    admitted.put(claim(alias, "default/main", host, path), Instant.parse(at));
  }

  private static String claim(String alias, String gateway, String host, String path) {
    return String.join(" ", alias, gateway, host, path);
  }

  @Override
  public String revision(String script) {
    return revisions.getOrDefault(script, "1");
  }

  @Override
  public Optional<Tls> certificate(String namespace, String secretName) {
    return Optional.<Tls>of(new Tls.Mounted("/tls/" + namespace + "/" + secretName))
        .filter(_ -> certificates);
  }

  @Override
  public String defaultAddress() {
    return "127.0.0.1";
  }

  @Override
  public Optional<Map<String, String>> namespaceLabels(String namespace) {
    return Optional.ofNullable(namespaceLabels.get(namespace));
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return Optional.ofNullable(configMaps.get(namespace + "/" + name));
  }

  @Override
  public Optional<Instant> admittedAt(String alias, String gateway, String host, String path) {
    return Optional.ofNullable(admitted.get(claim(alias, gateway, host, path)));
  }

  @Override
  public String absolute(String path) {
    return path.startsWith("/") ? path : "/srv/" + path;
  }

  @Override
  public boolean hasPods() {
    return pods;
  }

  @Override
  public boolean hasVolume(String namespace, String claim) {
    return !missingVolumes.contains(namespace + "/" + claim);
  }
}
