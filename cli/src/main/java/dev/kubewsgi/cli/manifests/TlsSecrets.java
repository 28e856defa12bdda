package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.routes.GatewaySettings.Tls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The certificates in Secrets of type kubernetes.io/tls. */
final class TlsSecrets {

  private final Map<String, Tls> certificates = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  TlsSecrets(List<Document> secrets) {
    secrets.forEach(this::add);
  }

  Optional<Tls> find(String namespace, String name) {
    return Optional.ofNullable(certificates.get(namespace + "/" + name));
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  private void add(Document secret) {
    Optional<String> certificate = pem(secret, "tls.crt", "CERTIFICATE");
    Optional<String> key = pem(secret, "tls.key", "PRIVATE KEY");
    if (certificate.isPresent() && key.isPresent()) {
      String id = secret.namespace() + "/" + secret.name();
      certificates.put(id, new Tls.Pem(certificate.get(), key.get()));
    }
  }

  private Optional<String> pem(Document secret, String field, String what) {
    Optional<String> text = text(secret, field);
    if (text.isPresent() && !text.get().contains(what + "-----")) {
      find(secret, "data[" + field + "]", "this holds no PEM block of a " + what);
      return Optional.empty();
    }
    return text;
  }

  /** From stringData as it is, or from data in base64; as on an API server, stringData wins. */
  private Optional<String> text(Document secret, String field) {
    if (secret.get("stringData", field) instanceof String plain) {
      return Optional.of(plain);
    }
    if (!(secret.get("data", field) instanceof String encoded)) {
      find(secret, "data[" + field + "]", "a Secret of type kubernetes.io/tls needs this entry");
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(encoded);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      find(secret, "data[" + field + "]", "this is not base64; write PEM text under stringData");
      return Optional.empty();
    }
  }

  private void find(Document secret, String field, String message) {
    findings.add(secret.finding(FindingCode.KW129, field, message));
  }
}
