package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.python.PythonInstallation;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The CPython of this process, started when the first embedded application needs it. */
final class EmbeddedPython implements Supplier<PythonRuntime> {

  /** What applications print and log. */
  private static final Logger APPLICATIONS = Logger.getLogger("dev.kubewsgi.application");

  private final PythonFinder finder;
  private final Workspace workspace;
  private PythonRuntime runtime;

  EmbeddedPython(PythonFinder finder, Workspace workspace) {
    this.finder = finder;
    this.workspace = workspace;
  }

  /**
   * @throws PythonUnavailableException no CPython that can be embedded was found, or it does not
   *     start
   */
  @Override
  public synchronized PythonRuntime get() {
    if (runtime == null) {
      var installation = finder.forEmbedding().orElseThrow(this::noneFound);
      runtime = PythonRuntime.start(installation, workspace.program(), APPLICATIONS::info);
    }
    return runtime;
  }

  private PythonUnavailableException noneFound() {
    var found =
        finder.all().stream().map(EmbeddedPython::describe).collect(Collectors.joining(", "));
    return new PythonUnavailableException(
        "KW208",
        "no CPython 3.11 to 3.14 with a shared library (libpython) was found; "
            + (found.isEmpty() ? nothingFound() : "found: " + found)
            + ". Install one (Debian: apt-get install libpython3.11; pyenv: build with"
            + " --enable-shared), set KUBE_WSGI_PYTHON to a python3 executable that has one, or"
            + " give the alias a daemon group (spec.processGroup)");
  }

  private static String nothingFound() {
    var choice = System.getenv(PythonFinder.CHOICE);
    return choice == null || choice.isBlank()
        ? "there is no python3 at all"
        : PythonFinder.CHOICE + " names " + choice + ", which did not answer as a CPython";
  }

  private static String describe(PythonInstallation installation) {
    return installation.executable()
        + " ("
        + installation.version()
        + installation.library().map(_ -> "").orElse(", without a shared library")
        + ")";
  }
}
