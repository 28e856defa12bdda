package dev.kubewsgi.routes;

/** What workers import before their scripts (WSGIImportScript). */
public sealed interface Preload {

  /**
   * A file.
   *
   * @param path absolute
   */
  record Script(String path) implements Preload {}

  /**
   * A module.
   *
   * @param name as an import has it
   */
  record Module(String name) implements Preload {}
}
