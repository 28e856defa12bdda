package dev.kubewsgi.gateway.http;

import dev.kubewsgi.gateway.exchange.FailureCode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of the HTTP side. Written by the event loops, read by whoever publishes metrics. */
public final class HttpStats {

  /** Upper bounds of the latency buckets, in microseconds; one more bucket is open above. */
  private static final long[] BUCKET_MICROS = {
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000
  };

  private static final int STATUS_CLASSES = 10; // a status is up to 999

  private final LongAdder[] answers = adders(STATUS_CLASSES);
  private final Map<FailureCode, LongAdder> failures =
      new EnumMap<>(FailureCode.class); // all codes
  private final LongAdder[] latency = adders(BUCKET_MICROS.length + 1);
  private final LongAdder latencyMicros = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();

  /**
   * The counts at one moment.
   *
   * @param answersByStatusClass index 2: answers with 2xx, and so on
   * @param failures by code: refusals, faults, clients that left
   * @param inFlight requests begun and not ended
   * @param connections open
   * @param bodyBytesReceived of requests
   * @param bodyBytesSent of answers
   * @param bucketMicros upper bounds of the latency buckets
   * @param latencyBuckets requests in each bucket, not cumulated; one more than there are bounds
   * @param latencyMicros sum over all requests, from the first byte read to the last one handed to
   *     the socket
   */
  @SuppressWarnings("ArrayRecordComponent") // each a copy of its own, read once
  public record Snapshot(
      long[] answersByStatusClass,
      Map<FailureCode, Long> failures,
      long inFlight,
      long connections,
      long bodyBytesReceived,
      long bodyBytesSent,
      long[] bucketMicros,
      long[] latencyBuckets,
      long latencyMicros) {}

  public HttpStats() {
    for (FailureCode code : FailureCode.values()) {
      failures.put(code, new LongAdder());
    }
  }

  /** Reads all counts; not one instant across them. */
  public Snapshot snapshot() {
    Map<FailureCode, Long> byCode = new EnumMap<>(FailureCode.class);
    for (FailureCode code : FailureCode.values()) {
      byCode.put(code, failures.get(code).sum());
    }
    return new Snapshot(
        sums(answers),
        byCode,
        inFlight.sum(),
        connections.sum(),
        bytesReceived.sum(),
        bytesSent.sum(),
        BUCKET_MICROS.clone(),
        sums(latency),
        latencyMicros.sum());
  }

  void connectionOpened() {
    connections.increment();
  }

  void connectionClosed() {
    connections.decrement();
  }

  void requestBegun() {
    inFlight.increment();
  }

  void requestEnded(int status, long micros, long received, long sent) {
    inFlight.decrement();
    answers[status / 100].increment();
    latency[bucket(micros)].increment();
    latencyMicros.add(micros);
    if (received > 0) {
      bytesReceived.add(received);
    }
    bytesSent.add(sent);
  }

  void failed(FailureCode code) {
    failures.get(code).increment();
  }

  private static int bucket(long micros) {
    int bucket = 0;
    while (bucket < BUCKET_MICROS.length && micros > BUCKET_MICROS[bucket]) {
      bucket++;
    }
    return bucket;
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    Arrays.setAll(adders, i -> new LongAdder());
    return adders;
  }

  private static long[] sums(LongAdder[] adders) {
    return Arrays.stream(adders).mapToLong(LongAdder::sum).toArray();
  }
}
