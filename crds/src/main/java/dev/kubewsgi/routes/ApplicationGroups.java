package dev.kubewsgi.routes;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasSpec;
import java.util.List;
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

  static Member of(ScriptAlias alias, ProcessGroup processGroup, Optional<DaemonGroup> group) {
    ScriptAliasSpec spec = alias.getSpec();
    return new Member(
        id(alias, processGroup),
        processGroup,
        switch (spec.applicationGroup()) {
          case "%{RESOURCE}" -> Optional.empty();
          case "%{GLOBAL}" -> Optional.of("");
          case String name -> Optional.of(name);
        },
        python(spec.python(), group.map(DaemonGroup::getSpec).map(daemon -> daemon.python())),
        Settings.env(spec.env()));
  }

  /**
   * Embedded there is one main interpreter for all namespaces that the gateway's owner lets in, but
   * a name that two namespaces happen to use means two interpreters.
   */
  private static String id(ScriptAlias alias, ProcessGroup processGroup) {
    String namespace = alias.getMetadata().getNamespace();
    String site =
        switch (processGroup) {
          case ProcessGroup.Embedded() -> "embedded|";
          case ProcessGroup.Daemon(String id) -> id + "|";
        };
    String scope = processGroup instanceof ProcessGroup.Embedded ? namespace + "/" : "";
    return switch (alias.getSpec().applicationGroup()) {
      case "%{RESOURCE}" -> site + scope + alias.getMetadata().getName();
      case "%{GLOBAL}" -> site + "%{GLOBAL}";
      case String name -> site + scope + "=" + name;
    };
  }

  /** The alias's environment before the group's; its home instead of the group's. */
  private static PythonSettings python(PythonSpec ofAlias, Optional<PythonSpec> ofGroup) {
    Optional<PythonSpec> own = Optional.ofNullable(ofAlias);
    return new PythonSettings(
        own.map(PythonSpec::home).or(() -> ofGroup.map(PythonSpec::home)),
        Stream.of(own, ofGroup)
            .flatMap(python -> python.map(PythonSpec::path).stream())
            .flatMap(List::stream)
            .distinct()
            .toList());
  }
}
