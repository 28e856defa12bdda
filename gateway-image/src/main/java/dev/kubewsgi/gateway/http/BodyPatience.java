package dev.kubewsgi.gateway.http;

/**
 * How long a client may still take for the body of a request, in nanoseconds, as mod_reqtimeout's
 * {@code body=60,MinRate=500}: so long at first, and longer for all that comes, but never longer
 * than at first. Who sends a byte now and then would otherwise hold a thread of an application for
 * as long as it likes. Only the time counts in which the body is waited for.
 */
final class BodyPatience {

  /** A byte earns that much: a client of 500 bytes a second never runs out of it. */
  private static final long NANOS_PER_BYTE = 1_000_000_000 / 500;

  private long left = Long.MAX_VALUE;
  private long since;
  private boolean waiting;

  /** Another request begins. */
  void renew() {
    left = Long.MAX_VALUE;
    waiting = false;
  }

  /**
   * The body is waited for from now on.
   *
   * @param limit the whole of it, of the settings of the moment
   * @return when it will have run out
   */
  long waits(long now, long limit) {
    stops(now);
    left = Math.min(left, limit);
    since = now;
    waiting = true;
    return now + left;
  }

  /**
   * The body is waited for from now on, or it is not.
   *
   * @return when it will have run out; {@link Long#MAX_VALUE}: not meanwhile
   */
  long flows(boolean flows, long now, long limit) {
    if (flows) {
      return waits(now, limit);
    }
    stops(now);
    return Long.MAX_VALUE;
  }

  /** Nobody waits for the body until {@link #waits}. */
  void stops(long now) {
    if (waiting) {
      left -= now - since;
      waiting = false;
    }
  }

  /**
   * Something of it has come.
   *
   * @return when it will have run out, now
   */
  long came(int bytes, long now, long limit) {
    stops(now);
    left += bytes * NANOS_PER_BYTE;
    return waits(now, limit);
  }
}
