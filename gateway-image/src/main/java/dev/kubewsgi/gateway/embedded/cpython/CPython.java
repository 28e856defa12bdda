package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of the C API that are used, under their own names (docs.python.org/3/c-api).
 * Objects and thread states are addresses in a {@code long}: a pointer is passed like an integer on
 * every 64-bit ABI that the linker knows, and no segment is made for it.
 *
 * <p>Initialised after {@link LibPython#open}. The handles are static and final so that the JIT
 * inlines the calls. LEAF marks functions that never run Python code, collect garbage or block:
 * they may skip the transition out of Java and take arrays of the heap.
 */
final class CPython {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option[] LEAF = {Linker.Option.critical(true)};
  private static final Linker.Option[] PLAIN = {};
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /** PyStatus: how the functions of initialisation answer. */
  private static final MemoryLayout STATUS =
      MemoryLayout.structLayout(
          JAVA_INT.withName("_type"),
          MemoryLayout.paddingLayout(4),
          POINTER.withName("func"),
          POINTER.withName("err_msg"),
          JAVA_INT.withName("exitcode"),
          MemoryLayout.paddingLayout(4));

  private static final long STATUS_MESSAGE = 16;

  /** The whole address space, to copy out of objects that the interpreter owns. */
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  static final long NONE = LibPython.symbol("_Py_NoneStruct").address();

  private CPython() {}

  // Initialisation

  private static final MethodHandle PRE_CONFIG =
      procedure("PyPreConfig_InitIsolatedConfig", POINTER);
  private static final MethodHandle PRE_INITIALIZE = call(STATUS, "Py_PreInitialize", POINTER);
  private static final MethodHandle CONFIG = procedure("PyConfig_InitIsolatedConfig", POINTER);
  private static final MethodHandle CONFIG_SET_BYTES_STRING =
      call(STATUS, "PyConfig_SetBytesString", POINTER, POINTER, POINTER);
  private static final MethodHandle CONFIG_CLEAR = procedure("PyConfig_Clear", POINTER);
  private static final MethodHandle INITIALIZE = call(STATUS, "Py_InitializeFromConfig", POINTER);

  static void PyPreConfig_InitIsolatedConfig(MemorySegment config) {
    try {
      PRE_CONFIG.invokeExact(config);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** These four return the error's text, or null for success. */
  static String Py_PreInitialize(SegmentAllocator allocator, MemorySegment config) {
    try {
      return error((MemorySegment) PRE_INITIALIZE.invokeExact(allocator, config));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void PyConfig_InitIsolatedConfig(MemorySegment config) {
    try {
      CONFIG.invokeExact(config);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static String PyConfig_SetBytesString(
      SegmentAllocator allocator, MemorySegment config, MemorySegment field, MemorySegment text) {
    try {
      return error(
          (MemorySegment) CONFIG_SET_BYTES_STRING.invokeExact(allocator, config, field, text));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void PyConfig_Clear(MemorySegment config) {
    try {
      CONFIG_CLEAR.invokeExact(config);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static String Py_InitializeFromConfig(SegmentAllocator allocator, MemorySegment config) {
    try {
      return error((MemorySegment) INITIALIZE.invokeExact(allocator, config));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static String error(MemorySegment status) {
    if (status.get(JAVA_INT, 0) == 0) {
      return null;
    }
    var message = status.get(POINTER, STATUS_MESSAGE);
    return message.equals(MemorySegment.NULL)
        ? "exit requested"
        : message.reinterpret(Long.MAX_VALUE).getString(0);
  }

  // Thread states, interpreters and the GIL

  private static final MethodHandle SAVE_THREAD = call(JAVA_LONG, "PyEval_SaveThread");
  private static final MethodHandle RESTORE_THREAD = procedure("PyEval_RestoreThread", JAVA_LONG);
  private static final MethodHandle STATE_NEW = call(JAVA_LONG, "PyThreadState_New", JAVA_LONG);
  private static final MethodHandle STATE_SWAP = call(JAVA_LONG, "PyThreadState_Swap", JAVA_LONG);
  private static final MethodHandle STATE_CLEAR = procedure("PyThreadState_Clear", JAVA_LONG);
  private static final MethodHandle STATE_DELETE_CURRENT = procedure("PyThreadState_DeleteCurrent");
  private static final MethodHandle STATE_INTERPRETER =
      call(JAVA_LONG, "PyThreadState_GetInterpreter", JAVA_LONG);
  private static final MethodHandle STATE_NEXT = call(JAVA_LONG, "PyThreadState_Next", JAVA_LONG);
  private static final MethodHandle STATE_SET_EXCEPTION =
      call(JAVA_INT, "PyThreadState_SetAsyncExc", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle INTERPRETER_HEAD =
      call(JAVA_LONG, "PyInterpreterState_ThreadHead", JAVA_LONG);
  private static final MethodHandle INTERPRETER_NEW = call(JAVA_LONG, "Py_NewInterpreter");
  private static final MethodHandle INTERPRETER_END = procedure("Py_EndInterpreter", JAVA_LONG);

  static long PyEval_SaveThread() {
    return asLong(SAVE_THREAD);
  }

  static void PyEval_RestoreThread(long state) {
    run(RESTORE_THREAD, state);
  }

  static long PyThreadState_New(long interpreter) {
    return asLong(STATE_NEW, interpreter);
  }

  static long PyThreadState_Swap(long state) {
    return asLong(STATE_SWAP, state);
  }

  static void PyThreadState_Clear(long state) {
    run(STATE_CLEAR, state);
  }

  static void PyThreadState_DeleteCurrent() {
    try {
      STATE_DELETE_CURRENT.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long PyThreadState_GetInterpreter(long state) {
    return asLong(STATE_INTERPRETER, state);
  }

  static long PyThreadState_Next(long state) {
    return asLong(STATE_NEXT, state);
  }

  /** Raises it in a thread of the current interpreter as soon as that runs Python; 0: no more. */
  static void PyThreadState_SetAsyncExc(long thread, long exception) {
    try {
      int _ = (int) STATE_SET_EXCEPTION.invokeExact(thread, exception);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long PyInterpreterState_ThreadHead(long interpreter) {
    return asLong(INTERPRETER_HEAD, interpreter);
  }

  /** Makes the new interpreter's thread state the current one; 0: it could not be made. */
  static long Py_NewInterpreter() {
    return asLong(INTERPRETER_NEW);
  }

  static void Py_EndInterpreter(long state) {
    run(INTERPRETER_END, state);
  }

  // Objects. "New" references must be given back by Py_DecRef; "borrowed" ones must not.

  private static final MethodHandle DEC_REF = procedure("Py_DecRef", JAVA_LONG);
  private static final MethodHandle DEC_REF_LEAF = link("Py_DecRef", null, LEAF, JAVA_LONG);
  private static final MethodHandle INC_REF_LEAF = link("Py_IncRef", null, LEAF, JAVA_LONG);
  private static final MethodHandle DICT_NEW = call(JAVA_LONG, "PyDict_New");
  private static final MethodHandle DICT_COPY = call(JAVA_LONG, "PyDict_Copy", JAVA_LONG);
  private static final MethodHandle DICT_SET =
      link("PyDict_SetItem", JAVA_INT, LEAF, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle DICT_GET_STRING =
      call(JAVA_LONG, "PyDict_GetItemString", JAVA_LONG, POINTER);
  private static final MethodHandle STR_DECODE_LATIN1 =
      link("PyUnicode_DecodeLatin1", JAVA_LONG, LEAF, POINTER, JAVA_LONG, POINTER);
  private static final MethodHandle STR_DECODE_UTF8 =
      call(JAVA_LONG, "PyUnicode_DecodeUTF8", POINTER, JAVA_LONG, POINTER);
  private static final MethodHandle STR_AS_UTF8 =
      link("PyUnicode_AsUTF8AndSize", JAVA_LONG, LEAF, JAVA_LONG, POINTER);
  private static final MethodHandle FLOAT_FROM =
      link("PyFloat_FromDouble", JAVA_LONG, LEAF, JAVA_DOUBLE);
  private static final MethodHandle LONG_FROM = call(JAVA_LONG, "PyLong_FromLongLong", JAVA_LONG);
  private static final MethodHandle LONG_AS = call(JAVA_LONG, "PyLong_AsLongLong", JAVA_LONG);
  private static final MethodHandle BYTES_FROM =
      link("PyBytes_FromStringAndSize", JAVA_LONG, LEAF, POINTER, JAVA_LONG);
  private static final MethodHandle BYTES_DATA =
      link("PyBytes_AsString", JAVA_LONG, LEAF, JAVA_LONG);
  private static final MethodHandle BYTES_SIZE = link("PyBytes_Size", JAVA_LONG, LEAF, JAVA_LONG);
  private static final MethodHandle TUPLE_SIZE = link("PyTuple_Size", JAVA_LONG, LEAF, JAVA_LONG);
  private static final MethodHandle TUPLE_GET =
      link("PyTuple_GetItem", JAVA_LONG, LEAF, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle LIST_SIZE = link("PyList_Size", JAVA_LONG, LEAF, JAVA_LONG);
  private static final MethodHandle LIST_GET =
      link("PyList_GetItem", JAVA_LONG, LEAF, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle STR_OF = call(JAVA_LONG, "PyObject_Str", JAVA_LONG);
  private static final MethodHandle VECTORCALL =
      call(JAVA_LONG, "PyObject_Vectorcall", JAVA_LONG, POINTER, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle COMPILE =
      call(JAVA_LONG, "Py_CompileString", POINTER, POINTER, JAVA_INT);
  private static final MethodHandle EVAL =
      call(JAVA_LONG, "PyEval_EvalCode", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FUNCTION_NEW =
      call(JAVA_LONG, "PyCFunction_NewEx", POINTER, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle MODULE_DEF = call(JAVA_LONG, "PyModule_GetDef", JAVA_LONG);

  /** Py_file_input: a whole module. */
  static final int FILE_INPUT = 257;

  static void Py_DecRef(long object) {
    run(DEC_REF, object);
  }

  /** For references to strings and numbers alone, whose end runs no code. */
  static void Py_DecRef_leaf(long object) {
    run(DEC_REF_LEAF, object);
  }

  static void Py_IncRef(long object) {
    run(INC_REF_LEAF, object);
  }

  /** New. */
  static long PyDict_New() {
    return asLong(DICT_NEW);
  }

  /** New. */
  static long PyDict_Copy(long dict) {
    return asLong(DICT_COPY, dict);
  }

  /** Keeps references of its own; {@code key} is a str. */
  static int PyDict_SetItem(long dict, long key, long value) {
    try {
      return (int) DICT_SET.invokeExact(dict, key, value);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Borrowed; 0: not there. */
  static long PyDict_GetItemString(long dict, MemorySegment key) {
    try {
      return (long) DICT_GET_STRING.invokeExact(dict, key);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long PyUnicode_DecodeLatin1(MemorySegment text, long size) {
    try {
      return (long) STR_DECODE_LATIN1.invokeExact(text, size, MemorySegment.NULL);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New; 0 and an exception set: not UTF-8. */
  static long PyUnicode_DecodeUTF8(MemorySegment text, long size) {
    try {
      return (long) STR_DECODE_UTF8.invokeExact(text, size, MemorySegment.NULL);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The address of its UTF-8 text, owned by the object; 0: not a str, or it has surrogates. */
  static long PyUnicode_AsUTF8AndSize(long object, MemorySegment size) {
    try {
      return (long) STR_AS_UTF8.invokeExact(object, size);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long PyFloat_FromDouble(double value) {
    try {
      return (long) FLOAT_FROM.invokeExact(value);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long PyLong_FromLongLong(long value) {
    return asLong(LONG_FROM, value);
  }

  static long PyLong_AsLongLong(long object) {
    return asLong(LONG_AS, object);
  }

  /** New; its content is undefined where {@code data} is null. */
  static long PyBytes_FromStringAndSize(MemorySegment data, long size) {
    try {
      return (long) BYTES_FROM.invokeExact(data, size);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long PyBytes_AsString(long object) {
    return asLong(BYTES_DATA, object);
  }

  static long PyBytes_Size(long object) {
    return asLong(BYTES_SIZE, object);
  }

  static long PyTuple_Size(long object) {
    return asLong(TUPLE_SIZE, object);
  }

  /** Borrowed. */
  static long PyTuple_GetItem(long object, long index) {
    return asLong(TUPLE_GET, object, index);
  }

  static long PyList_Size(long object) {
    return asLong(LIST_SIZE, object);
  }

  /** Borrowed. */
  static long PyList_GetItem(long object, long index) {
    return asLong(LIST_GET, object, index);
  }

  /** New. */
  static long PyObject_Str(long object) {
    return asLong(STR_OF, object);
  }

  /** New; 0 and an exception set: it raised. */
  static long PyObject_Vectorcall(long callable, MemorySegment arguments, long count) {
    try {
      return (long) VECTORCALL.invokeExact(callable, arguments, count, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long Py_CompileString(MemorySegment source, MemorySegment file, int start) {
    try {
      return (long) COMPILE.invokeExact(source, file, start);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long PyEval_EvalCode(long code, long globals, long locals) {
    try {
      return (long) EVAL.invokeExact(code, globals, locals);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** New. */
  static long PyCFunction_NewEx(MemorySegment definition, long self) {
    try {
      return (long) FUNCTION_NEW.invokeExact(definition, self, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The module's definition; 0: it has none. */
  static long PyModule_GetDef(long module) {
    return asLong(MODULE_DEF, module);
  }

  // Exceptions

  private static final MethodHandle ERR_OCCURRED = link("PyErr_Occurred", JAVA_LONG, LEAF);
  private static final MethodHandle ERR_FETCH = procedure("PyErr_Fetch", POINTER, POINTER, POINTER);
  private static final MethodHandle ERR_NORMALIZE =
      procedure("PyErr_NormalizeException", POINTER, POINTER, POINTER);
  private static final MethodHandle ERR_CLEAR = procedure("PyErr_Clear");
  private static final MethodHandle ERR_SET = procedure("PyErr_SetString", JAVA_LONG, POINTER);

  static final long OS_ERROR = pointerAt("PyExc_OSError");
  static final long RUNTIME_ERROR = pointerAt("PyExc_RuntimeError");

  static boolean PyErr_Occurred() {
    return asLong(ERR_OCCURRED) != 0;
  }

  /** Takes the current exception: type, value and traceback, each new or 0. */
  static void PyErr_Fetch(MemorySegment type, MemorySegment value, MemorySegment traceback) {
    try {
      ERR_FETCH.invokeExact(type, value, traceback);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Makes the value of what was fetched an instance of its type. */
  static void PyErr_NormalizeException(
      MemorySegment type, MemorySegment value, MemorySegment traceback) {
    try {
      ERR_NORMALIZE.invokeExact(type, value, traceback);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void PyErr_Clear() {
    try {
      ERR_CLEAR.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void PyErr_SetString(long type, MemorySegment message) {
    try {
      ERR_SET.invokeExact(type, message);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  // Linking

  private static long pointerAt(String name) {
    return LibPython.symbol(name).reinterpret(JAVA_LONG.byteSize()).get(JAVA_LONG, 0);
  }

  private static MethodHandle call(MemoryLayout result, String name, MemoryLayout... arguments) {
    return link(name, result, PLAIN, arguments);
  }

  private static MethodHandle procedure(String name, MemoryLayout... arguments) {
    return link(name, null, PLAIN, arguments);
  }

  private static MethodHandle link(
      String name, MemoryLayout result, Linker.Option[] options, MemoryLayout... arguments) {
    var descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    return LINKER.downcallHandle(LibPython.symbol(name), descriptor, options);
  }

  private static long asLong(MethodHandle handle) {
    try {
      return (long) handle.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static long asLong(MethodHandle handle, long argument) {
    try {
      return (long) handle.invokeExact(argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static long asLong(MethodHandle handle, long first, long second) {
    try {
      return (long) handle.invokeExact(first, second);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static void run(MethodHandle handle, long argument) {
    try {
      handle.invokeExact(argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C API failed", e);
  }
}
