package dev.kubewsgi.gateway.python;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Finds the Pythons of this machine, the preferred one first: the one that {@code KUBE_WSGI_PYTHON}
 * names and no other where it is set, else {@code python3} of the search path, then the numbered
 * ones, newest first, of the search path, of {@code /usr/bin} and of pyenv.
 */
public final class PythonFinder {

  /** Names the Python to use: an executable. */
  public static final String CHOICE = "KUBE_WSGI_PYTHON";

  /** Of this process's environment; what it has asked, nobody asks again. */
  public static final PythonFinder OF_THIS_PROCESS = new PythonFinder(System.getenv());

  // Older than the oldest that is supported is not asked; later ones may run workers.
  private static final List<String> NAMES =
      List.of("python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9");

  private static final int ANSWER_SECONDS = 10;

  /** Prints, a line each: executable, major, minor, and where the shared library may be. */
  private static final String QUESTION =
      """
      import sys, sysconfig as s
      v = s.get_config_var
      print(sys.executable); print(sys.version_info[0]); print(sys.version_info[1])
      if v("Py_ENABLE_SHARED") or v("INSTSONAME") != v("LIBRARY"):
          for d in (v("LIBDIR"), (v("LIBDIR") or "") + "/" + (v("MULTIARCH") or "")):
              print(str(d) + "/" + str(v("INSTSONAME")))
      """;

  private final Map<String, String> environment;
  private final Map<Path, Optional<PythonInstallation>> known = new ConcurrentHashMap<>();

  public PythonFinder(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The first installation that embedded mode can use. */
  public Optional<PythonInstallation> forEmbedding() {
    return candidates().flatMap(this::ask).filter(PythonInstallation::canEmbed).findFirst();
  }

  /** The first installation that workers can run on. */
  public Optional<PythonInstallation> forWorkers() {
    return candidates().flatMap(this::ask).filter(PythonInstallation::canRunWorkers).findFirst();
  }

  /** Every installation found; for messages. */
  public List<PythonInstallation> all() {
    return candidates().flatMap(this::ask).toList();
  }

  private Stream<Path> candidates() {
    var choice = environment.get(CHOICE);
    if (choice != null && !choice.isBlank()) {
      return Stream.of(Path.of(choice));
    }
    var found = new LinkedHashSet<Path>();
    var directories = searchPath();
    directories.forEach(directory -> found.add(directory.resolve("python3")));
    for (var name : NAMES) {
      directories.forEach(directory -> found.add(directory.resolve(name)));
      found.add(Path.of("/usr/bin", name));
      pyenvVersions(name.substring("python".length())).forEach(found::add);
    }
    return found.stream().filter(Files::isExecutable);
  }

  private List<Path> searchPath() {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(entry -> !entry.isBlank())
        .map(Path::of)
        .toList();
  }

  private List<Path> pyenvVersions(String version) {
    var root =
        Optional.ofNullable(environment.get("PYENV_ROOT"))
            .or(() -> Optional.ofNullable(environment.get("HOME")).map(home -> home + "/.pyenv"));
    if (root.isEmpty() || !Files.isDirectory(Path.of(root.get(), "versions"))) {
      return List.of();
    }
    try (var versions = Files.list(Path.of(root.get(), "versions"))) {
      return versions
          .filter(path -> path.getFileName().toString().startsWith(version + "."))
          .sorted()
          .map(path -> path.resolve("bin/python" + version))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private Stream<PythonInstallation> ask(Path executable) {
    return known.computeIfAbsent(executable, PythonFinder::start).stream();
  }

  private static Optional<PythonInstallation> start(Path executable) {
    try {
      var process =
          new ProcessBuilder(executable.toString(), "-I", "-S", "-c", QUESTION)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      var lines =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      var ended = process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      return ended && process.exitValue() == 0 ? parse(lines) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<PythonInstallation> parse(List<String> lines) {
    if (lines.size() < 3) {
      return Optional.empty();
    }
    var libraries = new ArrayList<>(lines.subList(3, lines.size()));
    return Optional.of(
        new PythonInstallation(
            Path.of(lines.get(0)),
            Integer.parseInt(lines.get(1)),
            Integer.parseInt(lines.get(2)),
            libraries.stream().map(Path::of).filter(Files::isRegularFile).findFirst()));
  }
}
