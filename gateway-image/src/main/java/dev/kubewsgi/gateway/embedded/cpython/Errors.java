package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;

/** The exception that a call left behind. */
final class Errors {

  private Errors() {}

  /** Takes the current exception: a new reference to its instance, or its class without one. */
  static long fetch() {
    try (var arena = Arena.ofConfined()) {
      var type = arena.allocate(JAVA_LONG);
      var value = arena.allocate(JAVA_LONG);
      var traceback = arena.allocate(JAVA_LONG);
      CPython.PyErr_Fetch(type, value, traceback);
      CPython.PyErr_NormalizeException(type, value, traceback);
      release(traceback.get(JAVA_LONG, 0));
      var instance = value.get(JAVA_LONG, 0);
      if (instance == 0) {
        return type.get(JAVA_LONG, 0);
      }
      release(type.get(JAVA_LONG, 0));
      return instance;
    }
  }

  private static void release(long object) {
    if (object != 0) {
      CPython.Py_DecRef(object);
    }
  }
}
