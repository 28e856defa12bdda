package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Says in which interpreter of its process group an alias runs. */
final class ApplicationGroups {

  private ApplicationGroups() {}

  /**
   * An alias's claim on an application group.
   *
   * @param id of the group: {@code site|alias} for an interpreter of its own, else {@code
   *     site|%{GLOBAL}} or {@code site|=name}, which no alias can be called
   * @param name of the group; empty: made of the first host and the path that are admitted
   */
  record Member(
      String id,
      ProcessGroup processGroup,
      Optional<String> name,
      PythonSettings python,
      Map<String, String> env) {}

  /**
   * Names the interpreter.
   *
   * @param ofGroup the Python of the daemon group
   */
  static Member of(
      ScriptAlias alias, ProcessGroup processGroup, Code code, PythonSettings ofGroup) {
    return new Member(
        id(alias, processGroup),
        processGroup,
        switch (alias.getSpec().applicationGroup()) {
          case "%{RESOURCE}" -> Optional.empty();
          case "%{GLOBAL}" -> Optional.of("");
          case String name -> Optional.of(name);
        },
        python(code, ofGroup),
        Settings.env(alias.getSpec().env()));
  }

  /**
   * There is one main interpreter for all namespaces that the owner of the process group lets in,
   * but a name that two namespaces happen to use means two interpreters.
   */
  private static String id(ScriptAlias alias, ProcessGroup processGroup) {
    String site =
        switch (processGroup) {
          case ProcessGroup.Embedded() -> "embedded|";
          case ProcessGroup.Daemon(String id) -> id + "|";
        };
    String scope = scope(alias.getMetadata().getNamespace(), processGroup);
    return switch (alias.getSpec().applicationGroup()) {
      case "%{RESOURCE}" -> site + scope + alias.getMetadata().getName();
      case "%{GLOBAL}" -> site + "%{GLOBAL}";
      case String name -> site + scope + "=" + name;
    };
  }

  private static String scope(String namespace, ProcessGroup processGroup) {
    boolean own =
        processGroup instanceof ProcessGroup.Daemon(String id) && id.startsWith(namespace + "/");
    return own ? "" : namespace + "/";
  }

  /** The alias's environment before the group's; its home instead of the group's. */
  private static PythonSettings python(Code code, PythonSettings ofGroup) {
    return new PythonSettings(
        code.home().or(ofGroup::home),
        Stream.concat(code.path().stream(), ofGroup.path().stream()).distinct().toList());
  }
}
