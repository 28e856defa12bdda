package dev.kubewsgi.gateway;

import dev.kubewsgi.gateway.embedded.cpython.PythonRuntime;
import dev.kubewsgi.gateway.python.PythonFinder;
import dev.kubewsgi.gateway.python.PythonInstallation;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The CPython of this process, started when the first embedded application needs it. CPython is
 * loaded into a process once: that there is one, or that none can be had, is the answer from then
 * on. What fails before that, as a full disk does, is tried again.
 */
final class EmbeddedPython implements Supplier<PythonRuntime> {

  /** What applications print and log. */
  private static final Logger APPLICATIONS = Logger.getLogger("dev.kubewsgi.application");

  private final PythonFinder finder;
  private final Workspace workspace;
  private CompletableFuture<PythonRuntime> started;

  EmbeddedPython(PythonFinder finder, Workspace workspace) {
    this.finder = finder;
    this.workspace = workspace;
  }

  /** Starts it on another thread, for whoever has something else to do before {@link #get}. */
  synchronized CompletableFuture<PythonRuntime> start() {
    if (started == null) {
      started = CompletableFuture.supplyAsync(this::load, Thread::startVirtualThread);
    }
    return started;
  }

  /**
   * @throws PythonUnavailableException no CPython that can be embedded was found, or it does not
   *     start
   */
  @Override
  public PythonRuntime get() {
    var attempt = start();
    try {
      return attempt.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PythonUnavailableException why) {
        throw why;
      }
      forget(attempt);
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private synchronized void forget(CompletableFuture<PythonRuntime> attempt) {
    if (started == attempt) {
      started = null;
    }
  }

  private PythonRuntime load() {
    var installation = finder.forEmbedding().orElseThrow(this::noneFound);
    return PythonRuntime.start(installation, workspace.program(), APPLICATIONS::info);
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
