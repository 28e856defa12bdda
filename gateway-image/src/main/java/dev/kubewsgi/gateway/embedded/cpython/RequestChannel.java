package dev.kubewsgi.gateway.embedded.cpython;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a running request reads from and answers through, called on the thread that runs it.
 *
 * <p>The methods that may block are called without the GIL; the others must return at once.
 */
public interface RequestChannel {

  /** What {@link #available} says at the end of the body. */
  int END = -1;

  /**
   * Bytes of the body that can be taken now: 0 if none has come yet, {@link #END} after the last.
   *
   * @throws IOException the body will not come whole
   */
  int available() throws IOException;

  /** Blocks until {@link #available} is not 0. */
  void awaitBody() throws IOException, InterruptedException;

  /** Takes as many available bytes as {@code target} has room for. */
  void take(ByteBuffer target);

  /**
   * Starts an answer.
   *
   * @param fields name, value, name, value, …
   */
  void start(String status, String[] fields) throws IOException;

  /** Copies {@code block} and sends it; blocks while the client is slower than the application. */
  void write(ByteBuffer block) throws IOException, InterruptedException;

  /** Ends the answer cleanly. */
  void finish() throws IOException;
}
