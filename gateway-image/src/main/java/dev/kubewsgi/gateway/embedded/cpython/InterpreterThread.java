package dev.kubewsgi.gateway.embedded.cpython;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kubewsgi.gateway.exchange.WsgiRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The thread state that a platform thread has in one interpreter, for life. Used by that thread
 * alone; every method but {@link #attach} and {@link #running} needs the GIL, which {@link #attach}
 * takes and {@link #detach} gives back.
 */
public final class InterpreterThread {

  /** Threads of all interpreters that may live at once. */
  private static final int MAX_THREADS = 1 << 16;

  private static final int ARGUMENTS = 3;

  /** Bytes of an answer that are copied at once; a larger one is sent as the client takes it. */
  private static final long LARGEST_WHOLE = 256 * 1024;

  private static final double MICROS = 1e6;

  /** Names of header fields come from clients: so many are kept, others made anew each time. */
  private static final int MAX_KEYS = 256;

  /** By number: the lower bits of a token. */
  private static final AtomicReferenceArray<InterpreterThread> THREADS =
      new AtomicReferenceArray<>(MAX_THREADS);

  private final int number;
  private final long state;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment arguments = arena.allocate(JAVA_LONG, ARGUMENTS);
  private final Map<String, Long> keys = new HashMap<>();

  private long sequence;
  private volatile long token;
  private volatile RequestChannel channel;

  private InterpreterThread(int number, long state) {
    this.number = number;
    this.state = state;
  }

  /** A state for the calling thread. */
  public static InterpreterThread of(Interpreter interpreter) {
    var state = CPython.PyThreadState_New(interpreter.address());
    for (var number = 0; number < MAX_THREADS; number++) {
      if (THREADS.get(number) == null) {
        var thread = new InterpreterThread(number, state);
        if (THREADS.compareAndSet(number, null, thread)) {
          return thread;
        }
      }
    }
    throw new IllegalStateException("more than " + MAX_THREADS + " threads in embedded mode");
  }

  /** Takes the GIL; blocks until it is free. */
  public void attach() {
    CPython.PyEval_RestoreThread(state);
  }

  /** Gives the GIL back. */
  public void detach() {
    CPython.PyEval_SaveThread();
  }

  /**
   * Serves a request.
   *
   * @param index of the calling thread among those of its interpreter
   * @param queued when it was queued, in microseconds since the epoch
   * @param waited how long it waited there, in microseconds
   */
  public Answer run(
      Interpreter.Handler handler,
      WsgiRequest request,
      int index,
      long queued,
      long waited,
      RequestChannel requestChannel) {
    sequence++;
    channel = requestChannel;
    token = sequence << 16 | number;
    try {
      return answer(call(handler, request, index, queued, waited));
    } finally {
      token = 0;
      channel = null;
    }
  }

  /** Ends the state and gives the GIL back. */
  public void close() {
    keys.values().forEach(CPython::Py_DecRef);
    CPython.PyThreadState_Clear(state);
    CPython.PyThreadState_DeleteCurrent();
    THREADS.set(number, null);
    arena.close();
  }

  /** The channel of the running request that a token names; any thread may ask. */
  static RequestChannel running(long tokenObject) throws IOException {
    var token = CPython.PyLong_AsLongLong(tokenObject);
    var thread = THREADS.get((int) (token & (MAX_THREADS - 1)));
    var channel = thread == null ? null : thread.channel;
    if (channel == null || thread.token != token) {
      throw new IllegalStateException("the request has ended");
    }
    return channel;
  }

  private long call(
      Interpreter.Handler handler, WsgiRequest request, int index, long queued, long waited) {
    var dict = CPython.PyDict_Copy(handler.base);
    var environ = request.environ();
    for (var i = 0; i < environ.size(); i++) {
      set(dict, environ.key(i), environ.value(i));
    }
    set(dict, "mod_wsgi.thread_id", CPython.PyLong_FromLongLong(index));
    setSeconds(dict, "mod_wsgi.request_start", request.start());
    setSeconds(dict, "mod_wsgi.queue_start", queued);
    setSeconds(dict, "mod_wsgi.queue_time", waited);
    var tokenObject = CPython.PyLong_FromLongLong(token);
    var lengthObject = CPython.PyLong_FromLongLong(request.contentLength());
    arguments.setAtIndex(JAVA_LONG, 0, dict);
    arguments.setAtIndex(JAVA_LONG, 1, tokenObject);
    arguments.setAtIndex(JAVA_LONG, 2, lengthObject);
    var result = CPython.PyObject_Vectorcall(handler.handle, arguments, ARGUMENTS);
    CPython.Py_DecRef(dict);
    CPython.Py_DecRef_leaf(tokenObject);
    CPython.Py_DecRef_leaf(lengthObject);
    return result;
  }

  private void set(long dict, String name, String value) {
    set(dict, name, Objects.latin1(value));
  }

  /** Microseconds as Python's float seconds. */
  private void setSeconds(long dict, String name, long micros) {
    set(dict, name, CPython.PyFloat_FromDouble(micros / MICROS));
  }

  /** Gives the reference to {@code object}, a str or a number, to the dict. */
  private void set(long dict, String name, long object) {
    var known = keys.get(name);
    if (known != null) {
      CPython.PyDict_SetItem(dict, known, object);
    } else {
      setNew(dict, name, object);
    }
    CPython.Py_DecRef_leaf(object);
  }

  private void setNew(long dict, String name, long value) {
    var key = Objects.latin1(name);
    CPython.PyDict_SetItem(dict, key, value);
    if (keys.size() < MAX_KEYS) {
      keys.put(name, key);
    } else {
      CPython.Py_DecRef_leaf(key);
    }
  }

  private Answer answer(long result) {
    if (result == 0) {
      var failure = Errors.fetch();
      var reason = Objects.text(failure);
      CPython.Py_DecRef(failure);
      return new Answer.Aborted(reason);
    }
    try {
      return switch ((int) CPython.PyTuple_Size(result)) {
        case 0 -> Answer.SENT;
        case 1 -> new Answer.Aborted(Objects.text(CPython.PyTuple_GetItem(result, 0)));
        default ->
            whole(
                Objects.text(CPython.PyTuple_GetItem(result, 0)),
                Objects.fields(CPython.PyTuple_GetItem(result, 1)),
                CPython.PyTuple_GetItem(result, 2));
      };
    } finally {
      CPython.Py_DecRef(result);
    }
  }

  private Answer whole(String status, String[] fields, long body) {
    var size = CPython.PyBytes_Size(body);
    return size <= LARGEST_WHOLE
        ? new Answer.Whole(status, fields, Objects.bytes(body))
        : sendInPieces(status, fields, CPython.PyBytes_AsString(body), size);
  }

  /** The tuple that holds the bytes keeps them alive, so that the GIL can be given back. */
  private Answer sendInPieces(String status, String[] fields, long address, long size) {
    var bytes = CPython.MEMORY.asSlice(address, size).asByteBuffer();
    detach();
    try {
      channel.start(status, fields);
      channel.write(bytes);
      channel.finish();
      return Answer.SENT;
    } catch (IOException e) {
      return new Answer.Aborted(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Aborted("the gateway ends");
    } finally {
      attach();
    }
  }
}
