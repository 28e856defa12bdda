package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import java.util.List;
import java.util.Optional;

/**
 * What the workers of a process group import before their scripts.
 *
 * @param entries in the order of their import
 * @param revisions of those that are scripts: modules are found by Python alone
 */
record Preloads(List<Preload> entries, List<String> revisions) {

  static final Preloads NONE = new Preloads(List.of(), List.of());

  static Preloads of(DaemonGroup group, Surroundings surroundings) {
    List<Preload> entries =
        Optional.ofNullable(group.getSpec().preload()).orElse(List.of()).stream()
            .map(entry -> preload(entry, surroundings))
            .toList();
    return new Preloads(
        entries,
        entries.stream()
            .filter(Preload.Script.class::isInstance)
            .map(entry -> surroundings.revision(((Preload.Script) entry).path()))
            .toList());
  }

  private static Preload preload(DaemonGroupSpec.Preload entry, Surroundings surroundings) {
    return entry.script() == null
        ? new Preload.Module(entry.module())
        : new Preload.Script(surroundings.absolute(entry.script()));
  }

  /** An entry in the form that docs/worker-protocol.md describes. */
  static void write(DocumentWriter json, Preload preload) {
    switch (preload) {
      case Preload.Script(String path) -> json.text("script", path);
      case Preload.Module(String name) -> json.text("module", name);
    }
  }

  static Preload read(DocumentReader json) throws UnreadableDocumentException {
    Optional<String> script = json.ifThere("script", DocumentReader::text);
    return script.isPresent()
        ? new Preload.Script(script.get())
        : new Preload.Module(json.text("module"));
  }
}
