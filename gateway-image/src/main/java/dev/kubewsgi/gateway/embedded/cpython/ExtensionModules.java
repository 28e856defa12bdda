package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The extension modules of this process, of which all interpreters share the C code and its static
 * data: which of them may be in a sub-interpreter, and who is loading one.
 *
 * <p>A module that only one interpreter can have is refused before it is there, or a
 * sub-interpreter would have it until its reload, which then could not.
 */
final class ExtensionModules {

  /** Longer than the C part of an import takes; beyond it, loads are as they would be without. */
  private static final long LONGEST_TURN_MILLIS = 10_000;

  /**
   * Where a PyModuleDef of 3.11 to 3.14 holds its slots; those of single-phase modules are null.
   */
  private static final long MODULE_SLOTS = 72;

  /** Of a PyModuleDef_Slot: a number and a value. */
  private static final long SLOT_SIZE = 16;

  private static final long SLOT_VALUE = 8;

  /** Py_mod_multiple_interpreters, from 3.12 on; its value 0: not supported. */
  private static final int MULTIPLE_INTERPRETERS = 3;

  /** What the code says that refuses its second load: of Cython, PyO3 and NumPy. */
  private static final List<String> REFUSING =
      List.of(
          "this module can only be loaded into one interpreter per process",
          "PyO3 modules do not yet support subinterpreters",
          "cannot load module more than once per process");

  private static final int BLOCK = 1 << 20;

  private final Map<String, Optional<String>> files = new ConcurrentHashMap<>();
  private final Map<String, Long> loaded = new ConcurrentHashMap<>();

  // Guarded by this: the interpreter whose threads load, and how many loads are under way in it.
  private long loading;
  private int depth;

  /** Why the module of a file cannot be in a sub-interpreter; as far as the file itself says. */
  Optional<String> refusalOfFile(String path) {
    return files.computeIfAbsent(path, ExtensionModules::read);
  }

  private static Optional<String> read(String path) {
    var longest = REFUSING.stream().mapToInt(String::length).max().orElseThrow();
    try (var file = Files.newInputStream(Path.of(path))) {
      var kept = "";
      for (var block = file.readNBytes(BLOCK); block.length > 0; block = file.readNBytes(BLOCK)) {
        var text = kept + new String(block, ISO_8859_1);
        if (REFUSING.stream().anyMatch(text::contains)) {
          return Optional.of("it refuses to be loaded by a second one, and so by a reload");
        }
        kept = text.substring(Math.max(0, text.length() - longest));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // CPython will say why it cannot be loaded.
    }
  }

  /** The same of a module that has been created; the calling thread holds the GIL. */
  Optional<String> refusalOfModule(long module) {
    var definition = CPython.PyModule_GetDef(module);
    if (CPython.PyErr_Occurred()) {
      // Only the multi-phase form can give an object that is no module.
      CPython.PyErr_Clear();
      return Optional.empty();
    }
    // A copy of a single-phase module that another interpreter has is without a definition.
    var slots = definition == 0 ? 0 : CPython.MEMORY.get(JAVA_LONG, definition + MODULE_SLOTS);
    if (slots == 0) {
      return Optional.of("a process can hold one of its form (single-phase initialisation)");
    }
    for (var slot = slots; CPython.MEMORY.get(JAVA_INT, slot) != 0; slot += SLOT_SIZE) {
      if (CPython.MEMORY.get(JAVA_INT, slot) == MULTIPLE_INTERPRETERS
          && CPython.MEMORY.get(JAVA_LONG, slot + SLOT_VALUE) == 0) {
        return Optional.of("it declares that it is not for several interpreters");
      }
    }
    return Optional.empty();
  }

  /** From now on a file's module is refused, in every sub-interpreter. */
  void refuse(String path, String reason) {
    files.put(path, Optional.of(reason));
  }

  /** An interpreter has loaded a file's module. */
  void loaded(String path, long interpreter) {
    loaded.putIfAbsent(path, interpreter);
  }

  /** Whether the interpreter that first loaded a file's module is another one. */
  boolean isElsewhere(String path, long interpreter) {
    return loaded.getOrDefault(path, interpreter) != interpreter;
  }

  /**
   * Waits until no other interpreter loads a module; without the GIL. A module that lets Python run
   * while it holds a lock of its own, as for code that runs once, and another interpreter that
   * waits for that lock with the GIL: neither would ever go on. The threads of one interpreter do
   * not wait for each other here, as they have the locks of its import system.
   */
  synchronized void begin(long interpreter) throws InterruptedException {
    var deadline = System.nanoTime() + LONGEST_TURN_MILLIS * 1_000_000;
    while (depth > 0 && loading != interpreter) {
      var left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    if (depth == 0 || loading == interpreter) {
      loading = interpreter;
      depth++;
    }
  }

  /** After {@link #begin}. */
  synchronized void end(long interpreter) {
    if (loading == interpreter && depth > 0 && --depth == 0) {
      notifyAll();
    }
  }
}
