package dev.kubewsgi.gateway.embedded.cpython;

import dev.kubewsgi.gateway.python.PythonUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * The shared library of a CPython, opened so that extension modules find its symbols.
 *
 * <p>Extension modules are linked without libpython and expect its symbols in the process's global
 * scope; {@code System.load} and {@link SymbolLookup#libraryLookup(Path, Arena)} open a library for
 * itself alone. So dlopen is called with RTLD_GLOBAL first; the look-up then finds it opened.
 */
final class LibPython {

  private static final int RTLD_NOW = 2;
  private static final int RTLD_GLOBAL = 0x100;

  private static SymbolLookup symbols;

  private LibPython() {}

  /** Opens the library; once for the process. */
  static void open(Path library) {
    if (symbols != null) {
      throw new IllegalStateException("libpython is open already");
    }
    try (var arena = Arena.ofConfined()) {
      var linker = Linker.nativeLinker();
      var lookup = linker.defaultLookup();
      var dlopen =
          linker.downcallHandle(
              lookup.findOrThrow("dlopen"),
              FunctionDescriptor.of(
                  ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
      var handle =
          (MemorySegment)
              dlopen.invokeExact(arena.allocateFrom(library.toString()), RTLD_NOW | RTLD_GLOBAL);
      if (handle.equals(MemorySegment.NULL)) {
        throw new PythonUnavailableException(
            "KW205",
            library
                + " cannot be loaded: "
                + dlerror(linker, lookup)
                + ". Reinstall this Python's shared library, or set KUBE_WSGI_PYTHON to another"
                + " python3 executable");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  private static String dlerror(Linker linker, SymbolLookup lookup) throws Throwable {
    var dlerror =
        linker.downcallHandle(
            lookup.findOrThrow("dlerror"), FunctionDescriptor.of(ValueLayout.ADDRESS));
    var text = (MemorySegment) dlerror.invokeExact();
    return text.equals(MemorySegment.NULL)
        ? "no reason given"
        : text.reinterpret(Long.MAX_VALUE).getString(0);
  }

  static MemorySegment symbol(String name) {
    return symbols.findOrThrow(name);
  }
}
