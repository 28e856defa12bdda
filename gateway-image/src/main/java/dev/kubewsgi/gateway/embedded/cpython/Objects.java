package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Python objects from Java values and back. The calling thread holds the GIL. */
final class Objects {

  /** Room for the lengths and short texts of one conversion, so that none is allocated for each. */
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private static final class Scratch {
    private static final int USUAL_TEXT = 1024;

    private final long[] length = new long[1];
    private final MemorySegment lengthSegment = MemorySegment.ofArray(length);
    private byte[] text = new byte[USUAL_TEXT];
    private MemorySegment textSegment = MemorySegment.ofArray(text);

    private void reserve(int size) {
      if (size > text.length) {
        text = new byte[Math.max(size, 2 * text.length)];
        textSegment = MemorySegment.ofArray(text);
      }
    }
  }

  private Objects() {}

  /** A new str. */
  static long str(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    try (var arena = Arena.ofConfined()) {
      return CPython.PyUnicode_DecodeUTF8(arena.allocateFrom(JAVA_BYTE, bytes), bytes.length);
    }
  }

  /** A new str of characters below U+0100, as PEP 3333 has them in an environ. */
  @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is the one copy to latin-1
  static long latin1(String text) {
    var scratch = SCRATCH.get();
    var size = text.length();
    scratch.reserve(size);
    text.getBytes(0, size, scratch.text, 0);
    return CPython.PyUnicode_DecodeLatin1(scratch.textSegment, size);
  }

  /** The text of a str; what is no str has the text of its {@code str()}. */
  static String text(long object) {
    var scratch = SCRATCH.get();
    var address = CPython.PyUnicode_AsUTF8AndSize(object, scratch.lengthSegment);
    if (address == 0) {
      CPython.PyErr_Clear();
      return textOfOther(object);
    }
    var size = (int) scratch.length[0];
    scratch.reserve(size);
    MemorySegment.copy(CPython.MEMORY, JAVA_BYTE, address, scratch.text, 0, size);
    return new String(scratch.text, 0, size, StandardCharsets.UTF_8);
  }

  private static String textOfOther(long object) {
    var text = CPython.PyObject_Str(object);
    if (text == 0) {
      CPython.PyErr_Clear();
      return "(an object whose text could not be read)";
    }
    try {
      var scratch = SCRATCH.get();
      var readable = CPython.PyUnicode_AsUTF8AndSize(text, scratch.lengthSegment) != 0;
      CPython.PyErr_Clear();
      return readable ? text(text) : "(a text with characters that UTF-8 does not have)";
    } finally {
      CPython.Py_DecRef(text);
    }
  }

  /** A list of (name, value) tuples as name, value, name, value, …. */
  static String[] fields(long list) {
    var count = (int) CPython.PyList_Size(list);
    var fields = new String[2 * count];
    for (var i = 0; i < count; i++) {
      var pair = CPython.PyList_GetItem(list, i);
      fields[2 * i] = text(CPython.PyTuple_GetItem(pair, 0));
      fields[2 * i + 1] = text(CPython.PyTuple_GetItem(pair, 1));
    }
    return fields;
  }

  /** A copy of a bytes object. */
  static ByteBuf bytes(long object) {
    var size = (int) CPython.PyBytes_Size(object);
    if (size == 0) {
      return Unpooled.EMPTY_BUFFER;
    }
    var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    buffer.writeBytes(
        CPython.MEMORY.asSlice(CPython.PyBytes_AsString(object), size).asByteBuffer());
    return buffer;
  }

  /** A new reference to True or False, as the numbers that they are. */
  static long bool(boolean value) {
    return CPython.PyLong_FromLongLong(value ? 1 : 0);
  }

  /**
   * Calls a callable and gives its own references to the arguments back.
   *
   * @return new; 0 and an exception set: it raised
   */
  static long call(long callable, long... arguments) {
    try (var arena = Arena.ofConfined()) {
      return CPython.PyObject_Vectorcall(
          callable, arena.allocateFrom(JAVA_LONG, arguments), arguments.length);
    } finally {
      Arrays.stream(arguments).forEach(CPython::Py_DecRef);
    }
  }
}
