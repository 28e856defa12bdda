package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * How CPython 3.14 and later are started (PEP 741): options have names, so that no layout of a
 * struct must be known. Earlier ones do not have these functions.
 */
final class InitConfig {

  private static final MethodHandle CREATE = link("PyInitConfig_Create", ADDRESS);
  private static final MethodHandle FREE = link("PyInitConfig_Free", null, ADDRESS);
  private static final MethodHandle SET_INT =
      link("PyInitConfig_SetInt", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle SET_STR =
      link("PyInitConfig_SetStr", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle GET_ERROR =
      link("PyInitConfig_GetError", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle INITIALIZE =
      link("Py_InitializeFromInitConfig", JAVA_INT, ADDRESS);

  private InitConfig() {}

  /**
   * Starts CPython with the defaults of an isolated configuration, in UTF-8 mode and without signal
   * handlers.
   *
   * @return the error's text, or null for success
   */
  static String initialize(String programName) {
    try (var arena = Arena.ofConfined()) {
      var config = (MemorySegment) CREATE.invokeExact();
      try {
        var done =
            setInt(arena, config, "utf8_mode", 1)
                && setInt(arena, config, "install_signal_handlers", 0)
                && setStr(arena, config, "program_name", programName)
                && (int) INITIALIZE.invokeExact(config) == 0;
        return done ? null : error(arena, config);
      } finally {
        FREE.invokeExact(config);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean setInt(Arena arena, MemorySegment config, String name, long value)
      throws Throwable {
    return (int) SET_INT.invokeExact(config, arena.allocateFrom(name), value) == 0;
  }

  private static boolean setStr(Arena arena, MemorySegment config, String name, String value)
      throws Throwable {
    return (int) SET_STR.invokeExact(config, arena.allocateFrom(name), arena.allocateFrom(value))
        == 0;
  }

  /** The text belongs to the configuration. */
  private static String error(Arena arena, MemorySegment config) throws Throwable {
    var text = arena.allocate(ADDRESS);
    return (int) GET_ERROR.invokeExact(config, text) == 0
        ? "no reason given"
        : text.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
  }

  private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
    var descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    return Linker.nativeLinker().downcallHandle(LibPython.symbol(name), descriptor);
  }
}
