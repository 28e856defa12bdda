package dev.kubewsgi.cli.manifests;

import java.nio.file.Path;

/**
 * Something to say about a manifest.
 *
 * @param code {@code KW} and three digits; docs/errors.md explains each
 * @param severity whether it stops anything
 * @param file as it was reached from the directory that was given
 * @param line from 1; 0 when the finding concerns the whole file
 * @param column from 1, in characters; 0 with line 0
 * @param field path of the field, {@code spec.hosts[0]}; empty: the object, document or file
 * @param message what is wrong and what to write instead
 */
public record Finding(
    String code, Severity severity, Path file, int line, int column, String field, String message) {

  /** What a finding means for the object. */
  public enum Severity {
    /** An API server refuses it, or a gateway does not serve it. */
    ERROR,
    /** It was passed over, knowingly. */
    NOTE
  }

  static Finding of(FindingCode code, Document.Position at, String field, String message) {
    return new Finding(
        code.name(), code.severity(), at.file(), at.line(), at.column(), field, message);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /**
   * The form that editors and terminals make links of: {@code file:line:column: code field:
   * message}.
   */
  @Override
  public String toString() {
    String place = line == 0 ? file.toString() : file + ":" + line + ":" + column;
    String kind = isError() ? code : code + " note";
    return place + ": " + kind + (field.isEmpty() ? "" : " " + field) + ": " + message;
  }
}
