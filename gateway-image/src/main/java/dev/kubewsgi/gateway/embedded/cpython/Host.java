package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The functions through which Python reaches the gateway: built-in functions (METH_FASTCALL) whose
 * bodies are Java. kubewsgi/embedded.py says what each does.
 *
 * <p>An exception that leaves an upcall ends the JVM, so each body runs inside {@link #guarded}.
 */
final class Host {

  private static final int METH_FASTCALL = 0x80;

  /** Of a PyMethodDef: name, function, flags (and padding), documentation. */
  private static final long METHOD_SIZE = 32;

  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final int FIRST = 0;
  private static final int SECOND = 8;
  private static final int THIRD = 16;

  private final Arena arena = Arena.global();
  private final Map<String, MemorySegment> definitions = new LinkedHashMap<>();
  private final ExtensionModules extensions = new ExtensionModules();
  private final AtomicLong interpreters = new AtomicLong();
  private final Consumer<String> log;

  Host(Consumer<String> log) {
    this.log = log;
    define("read", this::read);
    define("begin", this::begin);
    define("write", this::write);
    define("end", this::end);
    define("log", this::log);
    define("interrupt", this::interrupt);
    define("begin_load", this::beginLoad);
    define("end_load", this::endLoad);
    define("loaded", this::loaded);
    define("is_elsewhere", this::isElsewhere);
    define("refusal_of_file", this::refusalOfFile);
    define("refusal_of_module", this::refusalOfModule);
    define("refuse", this::refuse);
  }

  /** A new dict with the functions, made for the interpreter of the calling thread's state. */
  long functions() {
    var functions = CPython.PyDict_New();
    definitions.forEach(
        (name, definition) -> {
          var key = Objects.str(name);
          var function = CPython.PyCFunction_NewEx(definition, 0);
          CPython.PyDict_SetItem(functions, key, function);
          CPython.Py_DecRef(key);
          CPython.Py_DecRef(function);
        });
    var key = Objects.str("interpreter");
    var number = CPython.PyLong_FromLongLong(interpreters.incrementAndGet());
    CPython.PyDict_SetItem(functions, key, number);
    CPython.Py_DecRef(key);
    CPython.Py_DecRef(number);
    return functions;
  }

  // The bodies. Arguments are borrowed; the result is a new reference, or 0 with an exception set.

  private long read(MemorySegment arguments) throws Exception {
    var channel = InterpreterThread.running(arguments.get(JAVA_LONG, FIRST));
    var wanted = CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, SECOND));
    var available = channel.available();
    if (available == 0) {
      withoutGil(channel::awaitBody);
      available = channel.available();
    }
    var size = available == RequestChannel.END ? 0 : Math.min(wanted, available);
    var bytes = CPython.PyBytes_FromStringAndSize(MemorySegment.NULL, size);
    if (bytes != 0 && size > 0) {
      channel.take(CPython.MEMORY.asSlice(CPython.PyBytes_AsString(bytes), size).asByteBuffer());
    }
    return bytes;
  }

  private long begin(MemorySegment arguments) throws Exception {
    var channel = InterpreterThread.running(arguments.get(JAVA_LONG, FIRST));
    var status = Objects.text(arguments.get(JAVA_LONG, SECOND));
    channel.start(status, Objects.fields(arguments.get(JAVA_LONG, THIRD)));
    return none();
  }

  private long write(MemorySegment arguments) throws Exception {
    var channel = InterpreterThread.running(arguments.get(JAVA_LONG, FIRST));
    var bytes = arguments.get(JAVA_LONG, SECOND);
    // The caller's reference keeps the bytes alive, and bytes never change: no GIL is needed.
    var block =
        CPython.MEMORY
            .asSlice(CPython.PyBytes_AsString(bytes), CPython.PyBytes_Size(bytes))
            .asByteBuffer();
    withoutGil(() -> channel.write(block));
    return none();
  }

  private long end(MemorySegment arguments) throws Exception {
    InterpreterThread.running(arguments.get(JAVA_LONG, FIRST)).finish();
    return none();
  }

  private long interrupt(MemorySegment arguments) {
    var thread = CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, FIRST));
    var exception = arguments.get(JAVA_LONG, SECOND);
    CPython.PyThreadState_SetAsyncExc(thread, exception == CPython.NONE ? 0 : exception);
    return none();
  }

  private long log(MemorySegment arguments) throws Exception {
    var line = Objects.text(arguments.get(JAVA_LONG, FIRST));
    withoutGil(() -> log.accept(line));
    return none();
  }

  private long beginLoad(MemorySegment arguments) throws Exception {
    var interpreter = CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, FIRST));
    withoutGil(() -> extensions.begin(interpreter));
    return none();
  }

  private long endLoad(MemorySegment arguments) {
    extensions.end(CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, FIRST)));
    return none();
  }

  private long loaded(MemorySegment arguments) {
    extensions.loaded(
        Objects.text(arguments.get(JAVA_LONG, FIRST)),
        CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, SECOND)));
    return none();
  }

  private long isElsewhere(MemorySegment arguments) {
    return Objects.bool(
        extensions.isElsewhere(
            Objects.text(arguments.get(JAVA_LONG, FIRST)),
            CPython.PyLong_AsLongLong(arguments.get(JAVA_LONG, SECOND))));
  }

  private long refusalOfFile(MemorySegment arguments) throws Exception {
    var path = Objects.text(arguments.get(JAVA_LONG, FIRST));
    var refusal = new AtomicReference<>(Optional.<String>empty());
    withoutGil(() -> refusal.set(extensions.refusalOfFile(path)));
    return strOrNone(refusal.get());
  }

  private long refusalOfModule(MemorySegment arguments) {
    return strOrNone(extensions.refusalOfModule(arguments.get(JAVA_LONG, FIRST)));
  }

  private long refuse(MemorySegment arguments) {
    extensions.refuse(
        Objects.text(arguments.get(JAVA_LONG, FIRST)),
        Objects.text(arguments.get(JAVA_LONG, SECOND)));
    return none();
  }

  private static long strOrNone(Optional<String> text) {
    return text.map(Objects::str).orElseGet(Host::none);
  }

  private static long none() {
    CPython.Py_IncRef(CPython.NONE);
    return CPython.NONE;
  }

  // Calling

  /** A body; {@code arguments} holds the positional ones, an address each. */
  private interface Body {
    long run(MemorySegment arguments) throws Exception;
  }

  private interface Blocking {
    void run() throws Exception;
  }

  private static void withoutGil(Blocking action) throws Exception {
    var state = CPython.PyEval_SaveThread();
    try {
      action.run();
    } finally {
      CPython.PyEval_RestoreThread(state);
    }
  }

  @SuppressWarnings("UnusedMethod") // a method handle finds it by name
  private static long guarded(Body body, long self, long arguments, long count) {
    try {
      return body.run(CPython.MEMORY.asSlice(arguments, count * JAVA_LONG.byteSize()));
    } catch (IOException e) {
      return raise(CPython.OS_ERROR, e);
    } catch (Throwable e) {
      return raise(CPython.RUNTIME_ERROR, e);
    }
  }

  private static long raise(long type, Throwable cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    try (var arena = Arena.ofConfined()) {
      CPython.PyErr_SetString(type, arena.allocateFrom(String.valueOf(cause.getMessage())));
    }
    return 0;
  }

  private void define(String name, Body body) {
    try {
      var guarded =
          MethodHandles.lookup()
              .findStatic(
                  Host.class,
                  "guarded",
                  MethodType.methodType(long.class, Body.class, long.class, long.class, long.class))
              .bindTo(body);
      var definition = arena.allocate(METHOD_SIZE, ADDRESS.byteAlignment());
      definition.set(ADDRESS, 0, arena.allocateFrom(name));
      definition.set(ADDRESS, 8, Linker.nativeLinker().upcallStub(guarded, SIGNATURE, arena));
      definition.set(JAVA_INT, 16, METH_FASTCALL);
      definitions.put(name, definition);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
