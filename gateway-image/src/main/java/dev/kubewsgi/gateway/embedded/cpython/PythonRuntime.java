package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kubewsgi.gateway.python.PythonInstallation;
import dev.kubewsgi.gateway.python.PythonUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The CPython inside this process. It is started once and never finalised: Py_FinalizeEx aborts the
 * process while sub-interpreters live, and the process's end gives everything back anyway.
 *
 * <p>One thread is Python's main thread: it starts the runtime, and makes and ends interpreters.
 */
public final class PythonRuntime {

  /**
   * Of every thread that runs Python: as much as its deepest recursion needs
   * (kubewsgi/refusals.py). The memory is used only as far as it is touched.
   */
  public static final long STACK_BYTES = 64L << 20;

  private static final int CONFIG_ROOM = 4096;
  private static final long PRE_CONFIG_UTF8_MODE = 28;
  private static final long CONFIG_INSTALL_SIGNAL_HANDLERS = 16;

  private final PythonInstallation installation;
  private final Path program;
  private final Host host;
  private final ExecutorService mainThread;
  private final long mainState;

  private PythonRuntime(
      PythonInstallation installation,
      Path program,
      Host host,
      ExecutorService mainThread,
      long mainState) {
    this.installation = installation;
    this.program = program;
    this.host = host;
    this.mainThread = mainThread;
    this.mainState = mainState;
  }

  /**
   * Starts CPython in this process; once.
   *
   * @param installation one that {@link PythonInstallation#canEmbed()}
   * @param program the directory of the worker's program, which holds the Python side of embedded
   *     mode
   * @param log takes each line that applications log
   * @throws PythonUnavailableException it cannot be loaded or does not start
   */
  public static PythonRuntime start(
      PythonInstallation installation, Path program, Consumer<String> log) {
    LibPython.open(installation.library().orElseThrow());
    var mainThread =
        Executors.newSingleThreadExecutor(
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("python-main")
                    .stackSize(STACK_BYTES)
                    .unstarted(task));
    var mainState =
        await(
            mainThread,
            () -> {
              initialize(installation);
              return CPython.PyEval_SaveThread();
            });
    return new PythonRuntime(installation, program, new Host(log), mainThread, mainState);
  }

  public PythonInstallation installation() {
    return installation;
  }

  Path program() {
    return program;
  }

  Host host() {
    return host;
  }

  long mainInterpreter() {
    return CPython.PyThreadState_GetInterpreter(mainState);
  }

  /** The first thread state of a new sub-interpreter. */
  long newInterpreter() {
    return onMainThread(
        () -> {
          var state = CPython.Py_NewInterpreter();
          CPython.PyThreadState_Swap(mainState);
          if (state == 0) {
            throw new IllegalStateException("CPython could not make another interpreter");
          }
          return state;
        });
  }

  /**
   * Ends a sub-interpreter of which only the first thread state is left.
   *
   * @return false: threads of the application still use it, so that it was left as it is
   */
  boolean endInterpreter(long firstState) {
    return onMainThread(
        () -> {
          var interpreter = CPython.PyThreadState_GetInterpreter(firstState);
          var head = CPython.PyInterpreterState_ThreadHead(interpreter);
          if (head != firstState || CPython.PyThreadState_Next(head) != 0) {
            return false; // Py_EndInterpreter would abort the process.
          }
          CPython.PyThreadState_Swap(firstState);
          CPython.Py_EndInterpreter(firstState);
          if (!endReleasesGil()) {
            CPython.PyThreadState_Swap(mainState);
          } else {
            CPython.PyEval_RestoreThread(mainState);
          }
          return true;
        });
  }

  private boolean endReleasesGil() {
    return installation.minor() >= 12;
  }

  /** Runs a task with the GIL and the main thread state. */
  private <T> T onMainThread(Callable<T> task) {
    return await(
        mainThread,
        () -> {
          CPython.PyEval_RestoreThread(mainState);
          try {
            return task.call();
          } finally {
            CPython.PyEval_SaveThread();
          }
        });
  }

  private static <T> T await(ExecutorService executor, Callable<T> task) {
    try {
      return executor.submit(task).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Python's main thread worked", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  // "Isolated": no PYTHON* variables, no user site directory, no current directory on sys.path.

  private static void initialize(PythonInstallation installation) {
    if (installation.minor() >= 14) {
      check(installation, InitConfig.initialize(installation.executable().toString()));
    } else {
      initializeByLayout(installation);
    }
  }

  /** PEP 587. The layouts of PyConfig are those of 3.11 to 3.13. */
  private static void initializeByLayout(PythonInstallation installation) {
    try (var arena = Arena.ofConfined()) {
      var preConfig = arena.allocate(CONFIG_ROOM);
      CPython.PyPreConfig_InitIsolatedConfig(preConfig);
      preConfig.set(JAVA_INT, PRE_CONFIG_UTF8_MODE, 1);
      check(installation, CPython.Py_PreInitialize(arena, preConfig));
      var config = arena.allocate(CONFIG_ROOM);
      CPython.PyConfig_InitIsolatedConfig(config);
      config.set(JAVA_INT, CONFIG_INSTALL_SIGNAL_HANDLERS, 0);
      MemorySegment programName = config.asSlice(programNameOffset(installation.minor()));
      check(
          installation,
          CPython.PyConfig_SetBytesString(
              arena,
              config,
              programName,
              arena.allocateFrom(installation.executable().toString())));
      check(installation, CPython.Py_InitializeFromConfig(arena, config));
      CPython.PyConfig_Clear(config);
    }
  }

  private static long programNameOffset(int minor) {
    return switch (minor) {
      case 11 -> 264;
      case 12 -> 272;
      case 13 -> 280;
      default -> throw new IllegalArgumentException("no layout of PyConfig for 3." + minor);
    };
  }

  private static void check(PythonInstallation installation, String error) {
    if (error != null) {
      throw new PythonUnavailableException(
          "KW206",
          "Python "
              + installation.version()
              + " ("
              + installation.executable()
              + ") does not start: "
              + error
              + ". Reinstall it, or set KUBE_WSGI_PYTHON to another python3 executable");
    }
  }
}
