package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.api.v1alpha1.ScriptAliasSpec;
import dev.kubewsgi.api.v1alpha1.WsgiGateway;
import dev.kubewsgi.api.v1alpha1.WsgiGatewaySpec;
import dev.kubewsgi.cli.manifests.Document.Position;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads and validates manifests. */
final class ManifestLoader {

  private final List<Located<WsgiGateway>> gateways = new ArrayList<>();
  private final List<Located<DaemonGroup>> daemonGroups = new ArrayList<>();
  private final List<Located<ScriptAlias>> aliases = new ArrayList<>();
  private final List<Document> secrets = new ArrayList<>();
  private final List<Document> configMaps = new ArrayList<>();
  private final List<Document> namespaces = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Position> declared = new HashMap<>();
  private final Map<String, Position> invalid = new HashMap<>();
  private boolean implicitGateway;

  private ManifestLoader() {}

  /**
   * Reads every manifest below a directory; never fails.
   *
   * @param texts what to read instead of a file
   */
  static LoadedManifests load(Path directory, Map<Path, String> texts) {
    var loader = new ManifestLoader();
    List<Path> files = loader.files(directory);
    List<Document> documents = new ArrayList<>();
    for (Path file : files) {
      YamlReader.Result read =
          texts.containsKey(file) ? YamlReader.read(file, texts.get(file)) : YamlReader.read(file);
      loader.findings.addAll(read.findings());
      documents.addAll(read.documents());
    }
    return loader.load(documents, files);
  }

  /** Validates documents that were made rather than read. */
  static LoadedManifests of(List<Document> documents) {
    return new ManifestLoader().load(documents, List.of());
  }

  private List<Path> files(Path directory) {
    ManifestFiles found = ManifestFiles.below(directory);
    found.unreadable().forEach((path, failure) -> find(path, "this cannot be read: " + failure));
    if (found.manifests().isEmpty() && found.unreadable().isEmpty()) {
      find(
          directory,
          "there is no *.yaml here or below; write a manifest, or name another directory");
    }
    return found.manifests();
  }

  private void find(Path path, String message) {
    findings.add(Finding.of(FindingCode.KW111, new Position(path, 0, 0), "", message));
  }

  private LoadedManifests load(List<Document> documents, List<Path> files) {
    implicitGateway = documents.stream().noneMatch(each -> each.kind().equals("WsgiGateway"));
    if (implicitGateway) {
      load(ImplicitGateway.document());
    }
    documents.forEach(this::load);
    findings.sort(
        Comparator.comparing(Finding::file)
            .thenComparingInt(Finding::line)
            .thenComparingInt(Finding::column));
    return new LoadedManifests(
        gateways, daemonGroups, aliases, secrets, configMaps, namespaces, invalid, findings, files);
  }

  private void load(Document document) {
    switch (Kind.of(document)) {
      case Kind.Ours() -> validate(document);
      case Kind.TlsSecret() -> secrets.add(document);
      case Kind.Namespace() -> namespaces.add(document);
      case Kind.ConfigMap() -> {
        findings.addAll(declaredTwice(document));
        configMaps.add(document);
      }
      case Kind.Foreign(String what) ->
          findings.add(document.finding(FindingCode.KW104, "", what + " is not read here"));
      case Kind.Wrong(String field, String message) ->
          findings.add(document.finding(FindingCode.KW103, field, message));
    }
  }

  private void validate(Document document) {
    Definition definition = Definition.of(document.kind());
    List<Finding> faults = new ArrayList<>();
    Defaults.fill(document.content(), definition.schema());
    faults.addAll(definition.types().check(document));
    faults.addAll(ObjectNames.check(document));
    faults.addAll(definition.rules().check(document, faults));
    faults.addAll(declaredTwice(document));
    findings.addAll(faults);
    if (faults.isEmpty() && !document.flawed()) {
      keep(document);
    } else {
      invalid.put(document.id(), document.position("metadata.name"));
    }
  }

  private List<Finding> declaredTwice(Document document) {
    String id = document.id();
    Position first = declared.putIfAbsent(id, document.position("metadata.name"));
    if (first == null || document.name().isEmpty()) {
      return List.of();
    }
    return List.of(
        document.finding(
            FindingCode.KW110,
            "metadata.name",
            id
                + " is declared already in "
                + first.file()
                + ":"
                + first.line()
                + "; a cluster would keep the later one alone; give one of them another name"));
  }

  private void keep(Document document) {
    LocalPaths.resolve(document);
    if (implicitGateway) {
      ImplicitGateway.attach(document);
    }
    switch (document.kind()) {
      case "WsgiGateway" ->
          gateways.add(located(WsgiGateway::new, WsgiGatewaySpec.class, document));
      case "DaemonGroup" ->
          daemonGroups.add(located(DaemonGroup::new, DaemonGroupSpec.class, document));
      default -> aliases.add(located(ScriptAlias::new, ScriptAliasSpec.class, document));
    }
  }

  private static <S, T extends CustomResource<S, ?>> Located<T> located(
      Supplier<T> constructor, Class<S> specType, Document document) {
    T object = constructor.get();
    ObjectMeta metadata = new ObjectMeta();
    metadata.setName(document.name());
    metadata.setNamespace(document.namespace());
    object.setMetadata(metadata);
    object.setSpec(Records.bind(Json.map(document.get("spec")), specType));
    return new Located<>(object, document);
  }
}
