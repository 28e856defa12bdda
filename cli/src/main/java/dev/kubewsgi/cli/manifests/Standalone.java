package dev.kubewsgi.cli.manifests;

import dev.kubewsgi.api.v1alpha1.DaemonGroup;
import dev.kubewsgi.api.v1alpha1.DaemonGroupSpec;
import dev.kubewsgi.api.v1alpha1.ScriptAlias;
import dev.kubewsgi.routes.Compiled;
import dev.kubewsgi.routes.Declarations;
import dev.kubewsgi.routes.GatewaySettings.Tls;
import dev.kubewsgi.routes.Refusal;
import dev.kubewsgi.routes.RouteCompiler;
import dev.kubewsgi.routes.RouteTable;
import dev.kubewsgi.routes.Surroundings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Compiles manifests, or a script alone, to the route tables of this machine. */
public final class Standalone {

  private static final String LOOPBACK = "127.0.0.1";

  private final LoadedManifests loaded;
  private final OptionalInt port;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Document> documents = new HashMap<>();

  private Standalone(LoadedManifests loaded, OptionalInt port) {
    this.loaded = loaded;
    this.port = port;
    findings.addAll(loaded.findings());
    loaded.gateways().forEach(this::remember);
    loaded.daemonGroups().forEach(this::remember);
    loaded.aliases().forEach(this::remember);
  }

  /**
   * Loads the rule book on another thread, because start-up waits for it: for whoever will compile
   * manifests and has something else to do until then.
   */
  public static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("rule-book")
        .start(
            () -> {
              CelRule.prepare();
              Definition.kinds().forEach(Definition::of);
            });
  }

  /**
   * Compiles every manifest below a directory. Never fails: what is wrong is a finding, and what is
   * right is compiled.
   *
   * @param port for the first listener of the first gateway, instead of what its manifest says; 0
   *     lets the system choose
   */
  public static Compilation compile(Path directory, OptionalInt port) {
    return compile(directory, port, Map.of());
  }

  /**
   * Like {@link #compile(Path, OptionalInt)}, from other texts than those of the files.
   *
   * @param texts by file
   */
  static Compilation compile(Path directory, OptionalInt port, Map<Path, String> texts) {
    return new Standalone(ManifestLoader.load(directory, texts), port).compile();
  }

  /**
   * Compiles one script without a manifest: embedded, for every host and path.
   *
   * @param port of 127.0.0.1; 8000 if empty
   */
  public static Compilation script(Path script, OptionalInt port) {
    return new Standalone(ManifestLoader.of(List.of(LoneScript.document(script))), port).compile();
  }

  /**
   * The directories in which a change may lead to another compilation: those that manifests are
   * looked for in, and those of the scripts.
   */
  public static Set<Path> watchedDirectories(Path directory, Compilation latest) {
    Path root = directory.toAbsolutePath().normalize();
    Set<Path> directories = new HashSet<>(ManifestFiles.below(root).directories());
    directories.add(root);
    latest.watchedFiles().forEach(file -> directories.add(file.getParent()));
    return directories;
  }

  private void remember(Located<? extends HasMetadata> located) {
    HasMetadata object = located.object();
    documents.put(object.getKind() + " " + RouteCompiler.id(object), located.document());
  }

  private Compilation compile() {
    TlsSecrets secrets = new TlsSecrets(loaded.secrets());
    findings.addAll(secrets.findings());
    ConfigMaps configMaps = new ConfigMaps(loaded.configMaps());
    Compiled compiled =
        RouteCompiler.compile(
            declarations(),
            new ThisMachine(secrets, configMaps, new Namespaces(loaded.namespaces())));
    findings.addAll(configMaps.findings());
    compiled.refusals().forEach(refusal -> findings.add(finding(refusal)));
    scriptFiles().forEach(this::checkScript);
    List<RouteTable> tables =
        new Ports(port, documents).resolve(compiled.tablesWithServices(), findings);
    findings.sort(
        Comparator.comparing(Finding::file)
            .thenComparingInt(Finding::line)
            .thenComparingInt(Finding::column));
    return new Compilation(tables, findings, watchedFiles());
  }

  private Declarations declarations() {
    return new Declarations(
        loaded.gateways().stream().map(Located::object).toList(),
        loaded.daemonGroups().stream().map(Located::object).toList(),
        loaded.aliases().stream().map(Located::object).toList());
  }

  private Finding finding(Refusal refusal) {
    Document document =
        documents.get(refusal.kind() + " " + refusal.namespace() + "/" + refusal.name());
    Document.Position at = document.position(refusal.field());
    return new Finding(
        refusal.reason().code(),
        Finding.Severity.ERROR,
        at.file(),
        at.line(),
        at.column(),
        refusal.field(),
        message(refusal));
  }

  /** What is missing may be there, with errors of its own. */
  private String message(Refusal refusal) {
    Document.Position declared = loaded.invalid().get(refusal.about());
    return declared == null
        ? refusal.message()
        : refusal.about()
            + " has errors in "
            + declared.file()
            + ":"
            + declared.line()
            + "; correct them first";
  }

  /** A script that is a file here, and the field that names it. */
  private record ScriptFile(Document document, String field, Path path) {

    static ScriptFile of(Located<ScriptAlias> alias) {
      return new ScriptFile(
          alias.document(), "spec.script", Path.of(alias.object().getSpec().script()));
    }

    static Stream<ScriptFile> preloaded(Located<DaemonGroup> group) {
      List<DaemonGroupSpec.Preload> preload =
          Optional.ofNullable(group.object().getSpec().preload()).orElse(List.of());
      return IntStream.range(0, preload.size())
          .filter(i -> preload.get(i).script() != null)
          .mapToObj(
              i ->
                  new ScriptFile(
                      group.document(),
                      "spec.preload[" + i + "].script",
                      Path.of(preload.get(i).script())));
    }
  }

  /** The alias keeps its route, so that requests and the admin page say what is missing too. */
  private void checkScript(ScriptFile script) {
    if (!Files.isRegularFile(script.path())) {
      findings.add(
          script
              .document()
              .finding(
                  FindingCode.KW301,
                  script.field(),
                  Files.isDirectory(script.path())
                      ? script.path() + " is a directory; name the file in it"
                      : "there is no file "
                          + script.path()
                          + "; a relative path starts at the manifest's directory"));
    }
  }

  private Stream<ScriptFile> scriptFiles() {
    return Stream.concat(
        loaded.aliases().stream()
            .filter(alias -> alias.object().getSpec().source() == null)
            .map(ScriptFile::of),
        loaded.daemonGroups().stream().flatMap(ScriptFile::preloaded));
  }

  private Set<Path> watchedFiles() {
    Set<Path> files = new HashSet<>();
    loaded.files().forEach(file -> files.add(file.toAbsolutePath().normalize()));
    scriptFiles().forEach(script -> files.addAll(withTarget(script.path())));
    return files;
  }

  /** Its file, and behind symbolic links the one that is edited. */
  private static Set<Path> withTarget(Path script) {
    try {
      return new HashSet<>(List.of(script, script.toRealPath()));
    } catch (IOException e) {
      return Set.of(script); // It is not there, which a finding says.
    }
  }

  /**
   * Scripts are files here, Secrets and ConfigMaps are manifests, and nothing is open to the
   * network unasked.
   */
  private record ThisMachine(TlsSecrets secrets, ConfigMaps configMaps, Namespaces namespaces)
      implements Surroundings {

    @Override
    public String revision(String script) {
      try {
        Path file = Path.of(script);
        return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS) + "-" + Files.size(file);
      } catch (IOException e) {
        return "missing";
      }
    }

    @Override
    public Optional<Tls> certificate(String namespace, String secretName) {
      return secrets.find(namespace, secretName);
    }

    @Override
    public String defaultAddress() {
      return LOOPBACK;
    }

    @Override
    public Optional<Map<String, String>> namespaceLabels(String namespace) {
      return Optional.of(namespaces.labels(namespace));
    }

    @Override
    public Optional<Map<String, String>> configMap(String namespace, String name) {
      return configMaps.find(namespace, name);
    }

    /** Files are what they were when the last edit was read: nothing is older than another. */
    @Override
    public Optional<Instant> admittedAt(String alias, String gateway, String host, String path) {
      return Optional.empty();
    }

    /** They are absolute already, each against its own manifest. */
    @Override
    public String absolute(String path) {
      return path;
    }

    @Override
    public boolean hasPods() {
      return false;
    }

    @Override
    public boolean hasVolume(String namespace, String claim) {
      return false;
    }
  }
}
