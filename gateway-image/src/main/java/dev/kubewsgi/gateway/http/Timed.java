package dev.kubewsgi.gateway.http;

/** Something with time limits; {@link LoopState} asks it several times a second. */
interface Timed {

  /**
   * Acts on limits that have passed.
   *
   * @param now of {@link System#nanoTime()}
   * @return false once it needs no more asking
   */
  boolean tick(long now);
}
