package dev.kubewsgi.cli.manifests;

/** Paths of fields in the form of an API server's messages: {@code spec.hosts[0]}. */
final class FieldPath {

  private FieldPath() {}

  /** Keys with dots or slashes, as labels have, are bracketed. */
  static String field(String parent, String key) {
    if (key.matches(".*[./\\[\\]].*")) {
      return parent + "[" + key + "]";
    }
    return parent.isEmpty() ? key : parent + "." + key;
  }

  static String item(String parent, int index) {
    return parent + "[" + index + "]";
  }

  /** The empty path for a top-level field and for the empty path. */
  static String parent(String path) {
    if (path.endsWith("]")) {
      return path.substring(0, path.lastIndexOf('['));
    }
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  /** The last step: {@code hosts} of {@code spec.hosts}. */
  static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
