package dev.kubewsgi.gateway.embedded.cpython;

import io.netty.buffer.ByteBuf;

/** How a request ended in Python. */
public sealed interface Answer {

  /**
   * The whole answer; the receiver releases the body.
   *
   * @param status code and phrase
   * @param fields name, value, name, value, …
   */
  record Whole(String status, String[] fields, ByteBuf body) implements Answer {}

  /** It went through the {@link RequestChannel} and was ended there. */
  record Sent() implements Answer {}

  /** It cannot be completed: the connection must be broken. */
  record Aborted(String reason) implements Answer {}

  Sent SENT = new Sent();
}
