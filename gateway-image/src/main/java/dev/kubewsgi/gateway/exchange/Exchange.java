package dev.kubewsgi.gateway.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * One request and the answer to it, between the HTTP side and the mode that runs the application.
 *
 * <p>Every method but {@link #request()} and {@link #eventLoop()} is called on {@link #eventLoop()}
 * only, and every callback comes on it. After {@link #fail}, {@link #abort}, {@link #respond} or
 * {@link #end} the exchange is over: further calls do nothing but release what they were given.
 */
public interface Exchange {

  WsgiRequest request();

  /** The loop that the client's connection lives on. */
  EventLoop eventLoop();

  // The request's body. It is not read from the client before readBody.

  /**
   * Starts the body's flow, once: blocks come to {@code reader} as they arrive. Sends 100
   * (Continue) first where the client waits for it.
   */
  void readBody(BodyReader reader);

  /** Stops the flow of blocks (those already read may still come) until {@link #resumeBody()}. */
  void pauseBody();

  void resumeBody();

  // The answer.

  /**
   * The whole answer at once.
   *
   * @param body released by this call's receiver
   */
  void respond(ResponseHead head, ByteBuf body);

  /** Starts an answer whose body follows by {@link #write}. */
  void start(ResponseHead head);

  /**
   * One block of the body, sent at once.
   *
   * @param block released by this call's receiver
   * @return false when the client takes blocks more slowly than they come: wait for {@link
   *     #onWritable}
   */
  boolean write(ByteBuf block);

  /** Runs {@code callback} once, when blocks may be written again. */
  void onWritable(Runnable callback);

  /** Ends the answer cleanly. */
  void end();

  /**
   * Breaks the connection (HTTP/2: the stream), so that the client knows the answer is not whole.
   */
  void abort(Failure cause);

  /**
   * Answers for the gateway itself: with the failure's status and a page while no answer has
   * started, else as {@link #abort}.
   */
  void fail(Failure failure);

  /**
   * Runs {@code callback} once if the client goes away, or is given up, before the answer ended.
   */
  void onClosed(Runnable callback);
}
