package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.Suggestion;
import java.util.List;

/** What a document declares. */
sealed interface Kind {

  /** One of the kinds of this release. */
  record Ours() implements Kind {}

  /** A certificate that a listener may name. */
  record TlsSecret() implements Kind {}

  /** Files that an alias may have as its source. */
  record ConfigMap() implements Kind {}

  /** The labels of a namespace, which selectors ask for. */
  record Namespace() implements Kind {}

  /** Something for others to read. */
  record Foreign(String what) implements Kind {}

  /** Something that was meant to be one of ours, or to be a manifest. */
  record Wrong(String field, String message) implements Kind {}

  /** Tells by apiVersion and kind alone, but for a Secret's type. */
  static Kind of(Document document) {
    if (!(document.get("apiVersion") instanceof String version)) {
      return unnamed(document, "apiVersion");
    }
    if (!(document.get("kind") instanceof String kind)) {
      return unnamed(document, "kind");
    }
    if (version.equals(Definition.API_VERSION)) {
      return Definition.kinds().contains(kind) ? new Ours() : wrongKind(kind);
    }
    if (isMeant(version, kind)) {
      return new Wrong(
          "apiVersion", version + " is not served; write apiVersion: " + Definition.API_VERSION);
    }
    return version.equals("v1") ? core(document, kind) : new Foreign(version + " " + kind);
  }

  private static Kind core(Document document, String kind) {
    boolean tls = "kubernetes.io/tls".equals(document.get("type"));
    return switch (kind) {
      case "ConfigMap" -> new ConfigMap();
      case "Namespace" -> new Namespace();
      case "Secret" -> tls ? new TlsSecret() : new Foreign("v1 Secret");
      default -> new Foreign("v1 " + kind);
    };
  }

  private static Kind wrongKind(String kind) {
    return new Wrong(
        "kind",
        "there is no kind "
            + kind
            + Suggestion.didYouMean(kind, Definition.kinds())
            + " (kubewsgi.dev has "
            + String.join(", ", Definition.kinds())
            + ")");
  }

  private static boolean isMeant(String version, String kind) {
    return Definition.kinds().contains(kind)
        || version.startsWith("kubewsgi.dev/")
        || Suggestion.nearest(version, List.of(Definition.API_VERSION)).isPresent();
  }

  /** YAML of other tools has no apiVersion; a manifest that lacks it has other fields of one. */
  private static Kind unnamed(Document document, String field) {
    boolean manifest =
        document.content().keySet().stream()
            .anyMatch(List.of("apiVersion", "kind", "metadata", "spec")::contains);
    return manifest
        ? new Wrong(
            field,
            "this field is missing or no string; a manifest starts with apiVersion: "
                + Definition.API_VERSION
                + " and kind: "
                + String.join(" or ", Definition.kinds()))
        : new Foreign("a document without apiVersion and kind");
  }
}
