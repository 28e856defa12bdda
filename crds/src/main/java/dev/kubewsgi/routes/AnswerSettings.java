package dev.kubewsgi.routes;

import java.time.Duration;
import java.util.Optional;

/**
 * How a gateway takes the answers of a daemon group. Empty timeouts: as long as it takes.
 *
 * @param firstByte from when a worker has the whole request until its answer begins
 * @param idle between two blocks of an answer (socket-timeout)
 * @param deadline from when a request came into the queue until its answer has ended
 * @param buffer bytes of one answer that may wait in the gateway for a slow client
 *     (response-buffer-size)
 */
public record AnswerSettings(
    Optional<Duration> firstByte,
    Optional<Duration> idle,
    Optional<Duration> deadline,
    int buffer) {

  private static final int BUFFER = 1 << 20;

  /** Of a group that says nothing of it. */
  public static final AnswerSettings DEFAULTS =
      new AnswerSettings(Optional.empty(), Optional.empty(), Optional.empty(), BUFFER);

  /** Only what is set. */
  void write(DocumentWriter json) {
    firstByte.ifPresent(value -> json.seconds("firstByte", value));
    idle.ifPresent(value -> json.seconds("idle", value));
    deadline.ifPresent(value -> json.seconds("deadline", value));
    json.number("buffer", buffer);
  }

  static AnswerSettings read(DocumentReader json) throws UnreadableDocumentException {
    return new AnswerSettings(
        json.ifThere("firstByte", DocumentReader::seconds),
        json.ifThere("idle", DocumentReader::seconds),
        json.ifThere("deadline", DocumentReader::seconds),
        json.count("buffer"));
  }
}
