package dev.kubewsgi.routes;

import dev.kubewsgi.api.Suggestion;
import dev.kubewsgi.api.v1alpha1.AliasSource;
import dev.kubewsgi.api.v1alpha1.PythonSpec;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.routes.Refusal.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Finds the code of aliases. */
final class Sources {

  /** Where the pods of a cluster have images, Git repositories and volumes: docs/cluster.md. */
  private static final String IN_PODS = "/srv/sources/";

  /** Enough to see what was meant, in a message that is read in a terminal. */
  private static final int FILES_NAMED = 12;

  private final Surroundings surroundings;
  private final Refusals refusals;

  Sources(Surroundings surroundings, Refusals refusals) {
    this.surroundings = surroundings;
    this.refusals = refusals;
  }

  /**
   * The code of an alias.
   *
   * @param place namespace of the process that runs it
   * @return empty: it is refused
   */
  Optional<Code> of(ScriptAlias alias, String place) {
    AliasSource source = alias.getSpec().source();
    if (source == null) {
      return Optional.of(withoutSource(alias));
    }
    if (source.inline() != null) {
      return files(alias, source.inline(), "spec.source.inline");
    }
    if (source.configMap() != null) {
      return configMap(alias, source.configMap().name());
    }
    return inPods(alias, source, place);
  }

  private Code withoutSource(ScriptAlias alias) {
    String script = surroundings.absolute(alias.getSpec().script());
    return code(alias, surroundings::absolute, Map.of(), surroundings.revision(script));
  }

  private static Code code(
      ScriptAlias alias,
      UnaryOperator<String> located,
      Map<String, String> files,
      String revision) {
    Optional<PythonSpec> python = Optional.ofNullable(alias.getSpec().python());
    return new Code(
        located.apply(alias.getSpec().script()),
        python.map(PythonSpec::home).map(located),
        python.map(PythonSpec::path).orElse(List.of()).stream().map(located).toList(),
        files,
        revision);
  }

  private Optional<Code> configMap(ScriptAlias alias, String name) {
    String namespace = alias.getMetadata().getNamespace();
    Optional<Map<String, String>> texts = surroundings.configMap(namespace, name);
    if (texts.isEmpty()) {
      refusals.add(
          alias,
          Reason.SourceNotFound,
          "spec.source.configMap.name",
          "ConfigMap " + namespace + "/" + name,
          "there is no ConfigMap "
              + namespace
              + "/"
              + name
              + "; create it with the script as a key of its data");
      return Optional.empty();
    }
    return files(alias, texts.get(), "spec.source.configMap.name");
  }

  private Optional<Code> files(ScriptAlias alias, Map<String, String> texts, String field) {
    String script = inside(alias.getSpec().script());
    if (!texts.containsKey(script)) {
      refusals.add(alias, Reason.ScriptNotInSource, "spec.script", "", notThere(script, texts));
      return Optional.empty();
    }
    long size = Sizes.ofAll(texts);
    if (size > Sizes.SOURCE) {
      refusals.add(
          alias,
          Reason.SourceTooLarge,
          field,
          "",
          Sizes.tooLarge("the files of this source", size, Sizes.SOURCE));
      return Optional.empty();
    }
    String directory = RouteCompiler.id(alias);
    Map<String, String> files = new TreeMap<>();
    texts.forEach((name, text) -> files.put(directory + "/" + name, text));
    return Optional.of(
        code(alias, path -> below(directory, path), files, Revisions.of(new TreeMap<>(texts))));
  }

  private static String notThere(String script, Map<String, String> texts) {
    String names =
        texts.keySet().stream().sorted().limit(FILES_NAMED).collect(Collectors.joining(", "));
    return "the source has no file "
        + script
        + Suggestion.didYouMean(script, texts.keySet())
        + " (it has "
        + (names.isEmpty() ? "none" : names)
        + (texts.size() > FILES_NAMED ? ", …" : "")
        + ")";
  }

  private Optional<Code> inPods(ScriptAlias alias, AliasSource source, String place) {
    if (!surroundings.hasPods()) {
      refusals.add(
          alias,
          Reason.SourceNeedsCluster,
          field(source),
          "",
          "images, Git repositories and volumes are put into the pods of a cluster, and there are"
              + " none here; leave out source and write the path of the script on this machine, or"
              + " write the script under source.inline");
      return Optional.empty();
    }
    if (needsOwnNamespace(source) && !alias.getMetadata().getNamespace().equals(place)) {
      refusals.add(
          alias,
          Reason.SourceNotInNamespace,
          field(source),
          "",
          "the alias runs in a pod of namespace "
              + place
              + ", which cannot use a volume or a Secret of "
              + alias.getMetadata().getNamespace()
              + "; name a process group of this namespace, or use a source that needs neither");
      return Optional.empty();
    }
    if (source.persistentVolumeClaim() != null
        && !surroundings.hasVolume(place, source.persistentVolumeClaim().claimName())) {
      refusals.add(
          alias,
          Reason.SourceNotFound,
          "spec.source.persistentVolumeClaim.claimName",
          "PersistentVolumeClaim " + place + "/" + source.persistentVolumeClaim().claimName(),
          noSuchVolume(place, source.persistentVolumeClaim().claimName()));
      return Optional.empty();
    }
    String directory = IN_PODS + RouteCompiler.id(alias);
    return Optional.of(code(alias, path -> below(directory, path), Map.of(), Revisions.of(source)));
  }

  private static String noSuchVolume(String namespace, String claim) {
    return "there is no PersistentVolumeClaim "
        + namespace
        + "/"
        + claim
        + "; create it, with the script in its volume: pods that asked for it now would not start";
  }

  private static boolean needsOwnNamespace(AliasSource source) {
    return source.persistentVolumeClaim() != null
        || (source.git() != null && source.git().secretName() != null);
  }

  private static String field(AliasSource source) {
    if (source.image() != null) {
      return "spec.source.image";
    }
    return source.git() != null ? "spec.source.git" : "spec.source.persistentVolumeClaim";
  }

  /** A relative path inside a directory, which it cannot leave; an absolute one as it is. */
  private static String below(String directory, String path) {
    if (path.startsWith("/")) {
      return path;
    }
    String inside = inside(path);
    return inside.isEmpty() ? directory : directory + "/" + inside;
  }

  /** Without {@code .} and {@code ..}, which do not lead above where it starts. */
  private static String inside(String path) {
    return Path.of("/", path).normalize().toString().substring(1);
  }
}
