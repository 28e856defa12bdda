package dev.kubewsgi.gateway.embedded.cpython;

import dev.kubewsgi.routes.ApplicationGroup;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An interpreter in which an application group runs: a sub-interpreter of its own, or the main one.
 *
 * <p>The order of its life: one {@link InterpreterThread} calls {@link #start} and {@link #load};
 * any number serve requests; the last one calls {@link #finish}; when all are closed, {@link
 * #close}.
 */
public final class Interpreter {

  /** A loaded callable: the function that serves a request, and what every environ holds. */
  public static final class Handler {
    final long handle;
    final long base;

    private Handler(long handle, long base) {
      this.handle = handle;
      this.base = base;
    }
  }

  /** Runs in a namespace of its own; leaves {@code interpreter} and {@code describe} there. */
  private static final String BOOTSTRAP =
      """
      import sys
      sys.path.insert(0, program)
      try:
          from kubewsgi import embedded
      finally:
          sys.path.remove(program)
      interpreter = embedded.Interpreter(host, name, threads, is_main)
      def start(home, path, env, limit):
          names = env.split("\\0")[:-1]
          interpreter.start(
              home or None, path.split("\\0")[:-1], dict(zip(names[::2], names[1::2])), limit / 1e9)
      load, look, stacks, finish, describe = (
          interpreter.load, interpreter.look, interpreter.stacks, interpreter.finish,
          embedded.describe)
      """;

  private final PythonRuntime runtime;
  private final long firstState;
  private final List<Handler> handlers = new ArrayList<>();
  private long namespace;

  private Interpreter(PythonRuntime runtime, long firstState) {
    this.runtime = runtime;
    this.firstState = firstState;
  }

  /** The main interpreter ({@code %{GLOBAL}}), for an application group that is loaded into it. */
  public static Interpreter main(PythonRuntime runtime) {
    return new Interpreter(runtime, 0);
  }

  /** A new sub-interpreter. */
  public static Interpreter sub(PythonRuntime runtime) {
    return new Interpreter(runtime, runtime.newInterpreter());
  }

  private boolean isMain() {
    return firstState == 0;
  }

  long address() {
    return isMain() ? runtime.mainInterpreter() : CPython.PyThreadState_GetInterpreter(firstState);
  }

  /**
   * Prepares it for an application group. The calling thread is attached.
   *
   * @param requestTimeout empty: no limit
   */
  public void start(ApplicationGroup group, int threads, Optional<Duration> requestTimeout)
      throws LoadException {
    namespace = CPython.PyDict_New();
    set("host", runtime.host().functions());
    set("program", Objects.str(runtime.program().toString()));
    set("name", Objects.str(group.name()));
    set("threads", CPython.PyLong_FromLongLong(threads));
    set("is_main", Objects.bool(isMain()));
    execute(BOOTSTRAP);
    var env = new StringBuilder();
    group.env().forEach((name, value) -> env.append(name).append('\0').append(value).append('\0'));
    var path = new StringBuilder();
    group.python().path().forEach(directory -> path.append(directory).append('\0'));
    var result =
        Objects.call(
            get("start"),
            Objects.str(group.python().home().orElse("")),
            Objects.str(path.toString()),
            Objects.str(env.toString()),
            CPython.PyLong_FromLongLong(requestTimeout.map(Duration::toNanos).orElse(0L)));
    CPython.Py_DecRef(checked(result));
  }

  /** Loads a script. The calling thread is attached. */
  public Handler load(ApplicationGroup.Script script) throws LoadException {
    var pair =
        checked(
            Objects.call(
                get("load"), Objects.str(script.script()), Objects.str(script.callable())));
    var handle = CPython.PyTuple_GetItem(pair, 0);
    var base = CPython.PyTuple_GetItem(pair, 1);
    CPython.Py_IncRef(handle);
    CPython.Py_IncRef(base);
    CPython.Py_DecRef(pair);
    var handler = new Handler(handle, base);
    handlers.add(handler);
    return handler;
  }

  /**
   * Interrupts the requests that have run for longer than they may, once each. The calling thread
   * is attached.
   *
   * @return those that have been interrupted and still run, by their ids: where each stood
   */
  public Map<String, String> look() throws LoadException {
    var text = checked(Objects.call(get("look")));
    try {
      var parts = Objects.text(text).split("\0");
      var stacks = new HashMap<String, String>();
      for (var i = 0; i + 1 < parts.length; i += 2) {
        stacks.put(parts[i], parts[i + 1]);
      }
      return stacks;
    } finally {
      CPython.Py_DecRef(text);
    }
  }

  /** The stacks of its threads. The calling thread is attached. */
  public String stacks() throws LoadException {
    if (!isStarted()) {
      return "";
    }
    var text = checked(Objects.call(get("stacks")));
    try {
      return Objects.text(text);
    } finally {
      CPython.Py_DecRef(text);
    }
  }

  /** Lets the application go, once its own threads have ended. The calling thread is attached. */
  public void finish() throws LoadException {
    try {
      if (isStarted()) {
        CPython.Py_DecRef(checked(Objects.call(get("finish"))));
      }
    } finally {
      release();
    }
  }

  /** What is still referred to when an interpreter ends stays in memory for ever. */
  private void release() {
    for (var handler : handlers) {
      CPython.Py_DecRef(handler.handle);
      CPython.Py_DecRef(handler.base);
    }
    handlers.clear();
    var last = namespace;
    namespace = 0; // First: whoever asks for stacks looks for it.
    CPython.Py_DecRef(last);
  }

  /**
   * Ends it, when all its {@link InterpreterThread}s are closed. The main one stays.
   *
   * @return false: the application's own threads still run, so that it had to be abandoned
   */
  public boolean close() {
    return isMain() || runtime.endInterpreter(firstState);
  }

  private boolean isStarted() {
    return namespace != 0 && get("finish") != 0;
  }

  private void execute(String source) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var code =
          checked(
              CPython.Py_CompileString(
                  arena.allocateFrom(source),
                  arena.allocateFrom("<kube-wsgi>"),
                  CPython.FILE_INPUT));
      try {
        CPython.Py_DecRef(checked(CPython.PyEval_EvalCode(code, namespace, namespace)));
      } finally {
        CPython.Py_DecRef(code);
      }
    }
  }

  private void set(String name, long value) {
    var key = Objects.str(name);
    CPython.PyDict_SetItem(namespace, key, value);
    CPython.Py_DecRef(key);
    CPython.Py_DecRef(value);
  }

  private long get(String name) {
    try (var arena = Arena.ofConfined()) {
      return CPython.PyDict_GetItemString(namespace, arena.allocateFrom(name));
    }
  }

  /** A result that is not 0; else the current exception as Java's. */
  private long checked(long result) throws LoadException {
    if (result != 0) {
      return result;
    }
    var failure = Errors.fetch();
    var describe = Optional.of(get("describe")).filter(function -> function != 0);
    if (describe.isEmpty()) {
      throw new LoadException("KW300", Objects.text(failure), "");
    }
    var description = Objects.call(describe.get(), failure);
    if (description == 0) {
      CPython.PyErr_Clear();
      throw new LoadException("KW300", "the failure could not be described", "");
    }
    var parts = new ArrayList<String>();
    for (var i = 0; i < 3; i++) {
      parts.add(Objects.text(CPython.PyTuple_GetItem(description, i)));
    }
    CPython.Py_DecRef(description);
    throw new LoadException(parts.get(0), parts.get(1), parts.get(2));
  }
}
